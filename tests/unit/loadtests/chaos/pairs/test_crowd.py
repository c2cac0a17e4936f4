"""Readers and writers, before a server of a few lines."""

import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from loadtests.chaos.pairs.crowd import NOTHING, Asking, Crowd, Seen


class Handler(BaseHTTPRequestHandler):
    """200; `/broken` 500; `/cut` nothing; a write is 201."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/cut":
            self.close_connection = True
            return
        self._answer(500 if self.path == "/broken" else 200)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(201)

    def _answer(self, status: int) -> None:
        body = self.headers.get("Cookie", "none").encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def write(asking: Asking, headers: Mapping[str, str], text: str) -> int:
    if text.endswith("0"):
        raise ConnectionResetError
    return asking.ask("POST", "/orders", {"text": text}, headers)[0]


def test_every_answer_is_written_down(url: str) -> None:
    enough = threading.Event()

    class Watched(list[Any]):
        def append(self, one: Any) -> None:
            super().append(one)
            if len(crowd.seen.reads) >= 60 and len(crowd.seen.writes) >= 20:
                enough.set()

    crowd = Crowd(url, ["/a", "/broken", "/cut"], write, [{"Cookie": "a=1"}], 3, 2)
    crowd.seen = Seen(Watched(), Watched())
    with crowd:
        assert enough.wait(60)
    by_path = {one.path: one for one in crowd.seen.reads}
    assert (by_path["/a"].status, by_path["/a"].failed) == (200, False)
    assert (by_path["/broken"].status, by_path["/broken"].failed) == (500, True)
    assert by_path["/broken"].why == "a=1"
    assert (by_path["/cut"].status, by_path["/cut"].failed) == (NOTHING, True)
    assert "RemoteDisconnected" in by_path["/cut"].why
    assert {one.status for one in crowd.seen.writes} <= {201, NOTHING}
    texts = [one.text for one in crowd.seen.writes]
    assert len(set(texts)) == len(texts)
