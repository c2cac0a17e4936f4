"""A customer's requests: the session is kept, and made again where it does not count."""

import json
from pathlib import Path
from typing import Any

import pytest

from fig.clients import shop
from fig.clients.shop import Customer, Reply
from fig.errors import FigError


class Server:
    """Answers in place of the network; knows one session."""

    def __init__(self) -> None:
        self.session = "one"
        self.asked: list[tuple[str, str, str]] = []

    def ask(self, _base: str, path: str, method: str, _body: Any, **headers: str) -> Reply:
        cookie = headers.get("Cookie", "")
        self.asked.append((method, path, cookie))
        if path == "/api/login":
            return Reply(200, {}, {"session": self.session}) if self.session else Reply(502)
        if f"session={self.session}" not in cookie:
            return Reply(401)
        return Reply(200, {}, {"fig_after": "9"} if method == "POST" else {}, b"{}")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    made = Server()
    monkeypatch.setattr(shop, "ask", made.ask)
    return made


def test_the_session_is_kept_for_the_next_command(server: Server, tmp_path: Path) -> None:
    jar = tmp_path / "customer.json"
    assert Customer("http://x", jar).ask("/api/orders", "POST").status == 200
    assert json.loads(jar.read_text()) == {"session": "one", "fig_after": "9"}
    assert jar.stat().st_mode & 0o777 == 0o600
    assert Customer("http://x", jar).ask("/api/orders").status == 200
    assert [path for _, path, _ in server.asked].count("/api/login") == 1
    assert server.asked[-1][2] == "session=one; fig_after=9", "so that the write is seen"


def test_a_session_that_has_ended_is_made_again(server: Server, tmp_path: Path) -> None:
    customer = Customer("http://x", tmp_path / "customer.json")
    customer.ask("/api/orders")
    server.session = "two"
    assert customer.ask("/api/orders").status == 200


def test_nobody_can_log_in(server: Server, tmp_path: Path) -> None:
    server.session = ""
    with pytest.raises(FigError, match=r"kunde007@example.org cannot log in: 502"):
        Customer("http://x", tmp_path / "customer.json").ask("/api/orders")


def test_nobody_answers() -> None:
    reply = shop.ask("http://127.0.0.1:1", "/")
    assert (reply.word, reply.status, reply.json) == ("failed", 0, None)
    assert reply.broken == "Connection refused"
