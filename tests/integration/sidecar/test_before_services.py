"""The real mitmproxy between a service's client and the monolith: failures stay what they were."""

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chassis.registry.redirects import REDIRECTS, Lent
from chassis.web.client import HttpClient, NoAnswer, NotSent, Request

pytestmark = pytest.mark.integration

Make = Callable[..., Any]
GUARDED = Request("POST", "/orders", body=b"the-order", guarded=True, timeout=5.0)


async def until(what: str, check: Callable[[], bool], seconds: float = 60.0) -> None:
    deadline = asyncio.get_running_loop().time() + seconds
    while not check():
        assert asyncio.get_running_loop().time() < deadline, what
        await asyncio.sleep(0.02)


async def test_a_services_calls_go_through_it_while_it_is_on(
    monolith: str, make_sidecar: Make, tmp_path: Path
) -> None:
    runtime = tmp_path / "run"
    runtime.mkdir()
    lent = Lent(runtime / REDIRECTS)
    client = HttpClient(f"http://{monolith}", instead=lent)
    sidecar = make_sidecar(monolith, runtime)
    assert (await client.send(Request("GET", "/before"))).status == 200
    await asyncio.to_thread(sidecar.on)
    await until("it is lent legacy's place", lambda: lent() is not None)
    assert (await client.send(Request("GET", "/within"))).status == 200
    assert (await client.send(GUARDED)).status == 200
    assert (await client.send(GUARDED)).status == 200
    shapes = (await asyncio.to_thread(sidecar.status))["shapes"]
    assert shapes["POST /orders"]["requests"] == 2
    assert shapes["POST /orders"]["statuses"] == {"2xx": 2}
    assert "GET /before" not in shapes and "GET /within" in shapes
    await asyncio.to_thread(sidecar.call, "fault", "POST /orders", "--error", "503")
    assert (await client.send(GUARDED)).status == 503
    await asyncio.to_thread(sidecar.call, "off")
    assert lent() is None
    assert (await client.send(GUARDED)).status == 200, "directly, without the fault"
    await client.close()


async def test_a_monolith_that_refuses_connections_is_a_failed_connection(
    make_sidecar: Make, client: Make, free_port: Callable[[], int]
) -> None:
    sidecar = make_sidecar(f"127.0.0.1:{free_port()}")
    await asyncio.to_thread(sidecar.on)
    answer = await asyncio.to_thread(client, sidecar.listen, "GET", "/x")
    assert (answer.status, answer.broken) == (0, "ConnectionResetError"), "no 502 of its own"
    caller = HttpClient(f"http://{sidecar.listen}")
    with pytest.raises(NotSent):
        await caller.send(GUARDED)
    with pytest.raises(NoAnswer):
        await caller.send(Request("POST", "/orders", body=b"x"))


async def test_what_waits_in_the_monoliths_queue_is_not_carried_out_later(
    make_sidecar: Make,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as frozen:  # accepts nobody
        sidecar = make_sidecar(f"127.0.0.1:{frozen.getsockname()[1]}")
        await asyncio.to_thread(sidecar.on)
        caller = HttpClient(f"http://{sidecar.listen}")
        with pytest.raises(NotSent):
            await caller.send(Request("POST", "/orders", body=b"the-order", guarded=True))
        frozen.settimeout(10)
        connection, _ = await asyncio.to_thread(frozen.accept)
        connection.settimeout(10)
        received = b""
        try:
            while piece := await asyncio.to_thread(connection.recv, 65536):
                received += piece
        except ConnectionResetError:
            pass
        connection.close()
    assert received.startswith(b"POST /orders"), "its head stood in the queue"
    assert b"the-order" not in received


async def test_a_monolith_that_dies_after_it_has_begun_leaves_the_outcome_open(
    sidecar: Any,
) -> None:
    caller = HttpClient(f"http://{sidecar.listen}")
    with pytest.raises(NoAnswer):
        await caller.send(Request("POST", "/dies", body=b"the-order", guarded=True))
