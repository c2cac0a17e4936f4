"""A service's port, as the real process holds it."""

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from chassis.process.service import KEPT_SECONDS
from chassis.web.client import IDLE_SECONDS
from facade.routes.config.routefile import UpstreamTimeouts
from tests.rigs.processes.engines import wait_until

pytestmark = pytest.mark.integration

PROGRAM = """
import sys
from chassis.process.service import bind, run, serve
from chassis.process.settings import Listen

async def app(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

run(serve(app, bind(Listen("127.0.0.1", int(sys.argv[1])), "PORT"), []))
"""
USUAL_SECONDS = 5.0  # for which the server keeps an idle connection when it is not asked otherwise
ASK = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.fixture
def port(free_port: Callable[[], int]) -> Iterator[int]:
    """Where a service listens that answers everything with 204."""
    found = free_port()
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(found)])

    def answers() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", found)) == 0

    try:
        wait_until("the port", answers)
        yield found
    finally:
        process.kill()
        process.wait()


def test_an_idle_connection_is_kept_for_longer_than_clients_use_it(port: int) -> None:
    """Else a service hangs up at the moment of the next request, whose fate nobody then knows."""
    assert max(IDLE_SECONDS, UpstreamTimeouts().idle) < KEPT_SECONDS
    with socket.create_connection(("127.0.0.1", port), timeout=20) as kept:
        kept.sendall(ASK)
        assert kept.recv(65536).startswith(b"HTTP/1.1 204 ")
        kept.settimeout(USUAL_SECONDS + 1)
        with pytest.raises(TimeoutError):
            kept.recv(1)  # b"": hung up
        kept.settimeout(20)
        kept.sendall(ASK)
        assert kept.recv(65536).startswith(b"HTTP/1.1 204 ")


LEAVING = """
import asyncio, sys
from chassis.process.service import bind, run, serve
from chassis.process.settings import Listen

asked, works = asyncio.Event(), [True]

async def app(scope, receive, send):
    if scope["type"] == "http":
        asked.set()
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

async def announce():
    try:
        await asyncio.Event().wait()
    finally:
        asked.clear()
        print("leaving", flush=True)
        await asyncio.wait_for(asked.wait(), 60)
        print("works", works[0], flush=True)

async def work():
    try:
        await asyncio.Event().wait()
    finally:
        works[0] = False

run(serve(app, bind(Listen("127.0.0.1", int(sys.argv[1])), "PORT"), [work], announce))
"""


def test_it_answers_and_works_until_others_have_heard_that_it_leaves(
    free_port: Callable[[], int],
) -> None:
    found = free_port()
    command = [sys.executable, "-c", LEAVING, str(found)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        wait_until("the port", lambda: _answered(found))
        process.terminate()
        assert process.stdout is not None
        assert process.stdout.readline() == "leaving\n"
        assert _answered(found)
        assert process.stdout.readline() == "works True\n"
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()


def _answered(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=20) as one:
            one.sendall(ASK)
            return one.recv(65536).startswith(b"HTTP/1.1 204 ")
    except OSError:
        return False
