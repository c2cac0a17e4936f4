"""A process that stands still, and the connections that wait for it."""

import os
import signal
import socket
import subprocess
import sys

import pytest

from loadtests.chaos.faults.freeze import frozen, waiting

pytestmark = pytest.mark.integration

ECHO = """
import socket
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
while True:
    connection, _ = server.accept()
    with connection:
        connection.sendall(connection.recv(100))
"""


@pytest.fixture
def echo():
    process = subprocess.Popen([sys.executable, "-c", ECHO], stdout=subprocess.PIPE, text=True)
    try:
        yield process, int(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()


def test_who_asks_a_frozen_process_waits_is_counted_and_is_answered_afterwards(echo):
    process, port = echo
    os.kill(process.pid, signal.SIGSTOP)
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(b"hello")
        assert frozen([process.pid], 0.5) >= 1
        assert connection.recv(100) == b"hello"


def ask(port: int) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(b"hello")
        return connection.recv(100)


def test_nobody_waits_for_a_process_that_works(echo):
    process, port = echo
    assert ask(port) == b"hello"
    while waiting([process.pid]):  # until it has seen the client hang up
        pass
    assert frozen([process.pid], 0.3) == 0


def test_a_process_that_is_killed_meanwhile_ends_it(echo):
    process, _ = echo
    process.kill()
    process.wait()
    assert frozen([process.pid], 60.0) == 0
