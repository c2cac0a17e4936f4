"""Hooks of moves: a command by its environment, a webhook by JSON; and which one disagrees."""

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from facade.control.guarding.hooks import BEFORE, Happened, call
from facade.routes.config.walkfile import Hooks

HAPPENED = Happened(BEFORE, ("item", "list"), "shadow", "canary 5%", "it is time", "anna", "w1")


def refusal(hooks: Hooks) -> str:
    return asyncio.run(call(hooks, HAPPENED))


@pytest.fixture
def chat() -> Iterator[tuple[str, list[bytes], list[int]]]:
    """A webhook's URL, what it got, and the status it answers with."""
    got: list[bytes] = []
    status = [204]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status[0])
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hook", got, status
    server.shutdown()
    server.server_close()


def test_without_hooks_everybody_agrees() -> None:
    assert refusal(Hooks()) == ""


def test_a_command_gets_what_happened_in_its_environment(tmp_path: Path) -> None:
    names = "$FIG_EVENT|$FIG_ROUTES|$FIG_FROM|$FIG_TO|$FIG_WHY|$FIG_WHO|$FIG_WALK"
    out = tmp_path / "out"
    assert refusal(Hooks(("sh", "-c", f'echo "{names}" > {out}'))) == ""
    assert out.read_text() == "before-step|item,list|shadow|canary 5%|it is time|anna|w1\n"


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("sh", "-c", "echo not now; exit 3"), "sh ended with 3: not now"),
        (("sh", "-c", "exit 1"), "sh ended with 1"),
        (("no-such-program-here",), "no-such-program-here: No such file or directory"),
        (("sleep", "60"), "sleep took longer than 0.2 s"),
    ],
)
def test_a_command_that_fails_disagrees(command: tuple[str, ...], words: str) -> None:
    assert refusal(Hooks(command, None, 0.2 if command[0] == "sleep" else 20.0)) == words


def test_a_webhook_gets_the_same_as_json(chat: tuple[str, list[bytes], list[int]]) -> None:
    url, got, status = chat
    assert refusal(Hooks(webhook=url)) == ""
    assert json.loads(got[0]) == {
        "event": "before-step", "routes": ["item", "list"], "before": "shadow",
        "after": "canary 5%", "why": "it is time", "who": "anna", "walk": "w1",
    }  # fmt: skip
    status[0] = 500
    assert "500" in refusal(Hooks(webhook=url))


def test_a_webhook_that_nobody_serves_disagrees() -> None:
    assert "http://127.0.0.1:1/x" in refusal(Hooks(webhook="http://127.0.0.1:1/x", timeout=2.0))
