"""Somebody new, against a shop that answers from a dict."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import pytest

from loadtests import pages
from loadtests.answer import Answer
from loadtests.journeys import newcomer
from loadtests.visitor import Ask, VisitEnds

CSRF = '<input type="hidden" name="csrf" value="t0k">'
NUMBER = "SO-2026-000011"
FILES = {
    "/static/shop.css": "text/css",
    "/static/favicon.svg": "image/svg+xml",
    "/img/tent-red.svg": "image/svg+xml",
    "/robots.txt": "text/plain",
}


class PageShop:
    """Keeps what was posted, and accounts by their address; `cancelled` is said of the order."""

    def __init__(self, answers: dict[str, Any], html: Any) -> None:
        self.html = html
        self.posted: dict[str, dict[str, str]] = {}
        self.cancelled = "The order is cancelled; you get your money back."
        out = self.form("/logout")
        answers.update({f"GET {path}": self.file(path, kind) for path, kind in FILES.items()})
        answers.update(
            {
                "GET /": '<link rel="stylesheet" href="/static/shop.css">'
                '<link rel="icon" href="/static/favicon.svg">'
                '<link rel="next" href="/2"><img src="/img/tent-red.svg">',
                "GET /favicon.ico": self.file("/static/favicon.svg", "image/svg+xml"),
                "GET /register": self.form("/register", "email", "password", "name"),
                "POST /register": self.led("/", "Welcome! Your account is ready."),
                "GET /cart": out,
                "POST /cart/add": self.led("/cart", "AA-1-0 BB-2-0"),
                "GET /checkout": self.form("/checkout", "pay_method"),
                "POST /checkout": self.led(f"/orders/{NUMBER}", f"{NUMBER} AA-1-0 BB-2-0"),
                f"GET /orders/{NUMBER}": NUMBER + self.form(f"/orders/{NUMBER}/cancel"),
                f"POST /orders/{NUMBER}/cancel": self.cancel,
                "GET /orders": NUMBER,
                "POST /logout": self.led("/", "You are logged out. Log in"),
                "GET /login": self.form("/login", "email", "password"),
                "POST /login": self.log_in,
            }
        )
        for sku in ("AA-1", "BB-2"):
            fields = f'<input name="sku" value="{sku}-0">'
            answers[f"GET /product/{sku}"] = f"Zelt {sku}" + self.form("/cart/add", more=fields)

    def form(self, action: str, *names: str, more: str = "") -> str:
        inputs = "".join(f'<input name="{name}">' for name in names)
        return f'<form method="post" action="{action}">{CSRF}{inputs}{more}</form>'

    def file(self, path: str, kind: str) -> Answer:
        return Answer(200, b"x", {"content-type": f"{kind}; charset=utf-8"}, url=f"http://h{path}")

    def led(self, path: str, text: str) -> Any:
        def answer(ask: Ask) -> Any:
            self.keep(ask)
            return self.html(text, path)

        return answer

    def keep(self, ask: Ask) -> None:
        fields = dict(parse_qsl(ask.body.decode()))
        assert fields["csrf"] == "t0k"
        self.posted[ask.path] = fields

    def cancel(self, ask: Ask) -> Any:
        self.keep(ask)
        return self.html(self.cancelled, f"/orders/{NUMBER}")

    def log_in(self, ask: Ask) -> Any:
        self.keep(ask)
        known = {name: self.posted["/register"][name] for name in ("email", "password")}
        same = {name: self.posted["/login"][name] for name in known} == known
        return self.html("", "/" if same else "/login")


@pytest.fixture
def shop(fake_shop: Any, bodies: Any) -> PageShop:
    return PageShop(fake_shop.answers, bodies.html)


def test_the_whole_story(shop: PageShop, fake_shop: Any, make_person: Any) -> None:
    ends = set()
    for seed in range(8):
        shop.posted.clear()
        newcomer.join(make_person(seed))
        assert fake_shop.failures == []
        assert {"/register", "/checkout", "/logout", "/login"} <= shop.posted.keys()
        assert len(shop.posted["/register"]["password"]) >= 8
        ends.add(f"/orders/{NUMBER}/cancel" in shop.posted)
    assert ends == {True, False}
    assert {f"GET {path}" for path in (*FILES, "/favicon.ico")} <= set(fake_shop.paths())
    assert "GET /2" not in fake_shop.paths()


def test_each_has_an_address_of_their_own(shop: PageShop, make_person: Any) -> None:
    addresses = set()
    for seed in range(4):
        newcomer.join(make_person(seed))
        addresses.add(shop.posted["/register"]["email"])
    assert len(addresses) == 4


@pytest.mark.parametrize(
    ("request_", "answer", "said"),
    [
        ("POST /register", ("/register", "There is an account"), "led to /register instead of /"),
        ("POST /logout", ("/", "Log out"), "does not say 'You are logged out.'"),
        ("GET /img/tent-red.svg", ("/img/tent-red.svg", "oh"), "instead of image/svg+xml"),
    ],
)
def test_what_is_wrong_is_noticed(
    shop: PageShop, fake_shop: Any, make_person: Any, request_: str, answer: Any, said: str
) -> None:
    path, text = answer
    fake_shop.answers[request_] = shop.html(text, path)
    with pytest.raises(VisitEnds):
        newcomer.join(make_person())
    assert said in fake_shop.failures[0]


def test_an_order_that_was_not_cancelled_is_noticed(
    shop: PageShop, fake_shop: Any, make_person: Any
) -> None:
    shop.cancelled = "Too late: it was shipped."
    person = make_person()
    page = person.get(f"/orders/{NUMBER}", "", pages.page)
    with pytest.raises(VisitEnds):
        newcomer.cancel(person, NUMBER, page)
    assert "does not say 'The order is cancelled'" in fake_shop.failures[0]
