"""The monolith as a process: gunicorn starts, answers, ends; and the database goes away."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from legacy_monolith.app import create_app
from legacy_monolith.settings import Settings
from tests.rigs.processes.ports import free_port

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[3]
COMMAND = [
    *(sys.executable, "-m", "gunicorn", "-c", "python:legacy_monolith.gunicorn_conf"),
    "legacy_monolith.wsgi:app",
]


def start(**settings: str) -> subprocess.Popen[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("LEGACY_")}
    return subprocess.Popen(
        COMMAND, cwd=ROOT, env={**environ, **settings}, stderr=subprocess.PIPE, text=True
    )


@pytest.fixture
def server(shop_url: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process and its address, once it is healthy."""
    listen = f"127.0.0.1:{free_port()}"
    process = start(
        LEGACY_DATABASE_URL=shop_url,
        LEGACY_SECRET_KEY="k" * 32,
        LEGACY_LISTEN=listen,
        LEGACY_WORKERS="1",
    )
    try:
        wait_until_healthy(process, f"http://{listen}")
        yield process, f"http://{listen}"
    finally:
        process.kill()
        process.communicate()


def wait_until_healthy(process: subprocess.Popen[str], url: str) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        assert process.poll() is None, process.communicate()[1]
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=2):
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("not healthy within 90 s")


def test_process_serves_and_ends_when_told(server: tuple[subprocess.Popen[str], str]) -> None:
    process, url = server
    with urllib.request.urlopen(f"{url}/api/products/JKT-10001", timeout=10) as answer:
        assert answer.headers["Content-Type"] == "application/json"
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=25) == 0


def test_connections_are_kept_alive(server: tuple[subprocess.Popen[str], str]) -> None:
    _, url = server
    port = int(url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        for _ in range(3):
            connection.sendall(b"GET /robots.txt HTTP/1.1\r\nHost: shop\r\n\r\n")
            received = b""
            while b"/checkout\n" not in received:
                part = connection.recv(4096)
                assert part, "the server hung up"
                received += part
            assert received.startswith(b"HTTP/1.1 200 OK")


def test_bad_settings_end_the_master_with_2() -> None:
    process = start(LEGACY_DATABASE_URL="postgresql://a:b@127.0.0.1:1/x", LEGACY_SECRET_KEY="short")
    _, printed = process.communicate(timeout=90)
    assert process.returncode == 2
    assert "LEGACY_SECRET_KEY" in printed


def test_without_its_database_the_shop_says_so() -> None:
    url = f"postgresql://a:b@127.0.0.1:{free_port()}/gone"
    client = create_app(Settings(database_url=url, secret_key="k" * 32)).test_client()
    page = client.get("/")
    assert page.status_code == 503
    assert "cannot reach its database" in page.text
    answer = client.get("/api/products")
    assert answer.status_code == 503
    assert "cannot reach its database" in answer.get_json()["error"]
    assert client.get("/healthz").status_code == 503
