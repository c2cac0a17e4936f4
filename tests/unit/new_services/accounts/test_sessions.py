"""Opening, logging in and out, without a socket; the customers are played."""

import hashlib
from typing import Any

import pytest

from chassis.readmodel.watermark import NoFeed, Watermark
from chassis.web.app import Problem
from contracts.logins import Login, LoginsAway
from legacy_monolith.passwords import hashed
from new_services.accounts import passwords, sessions, views
from new_services.accounts.session import CLOCKS_APART_SECONDS, Session, SessionCodec
from new_services.accounts.sessions import Sessions
from new_services.accounts.views import Customer
from tests.rigs.shop.accounts import FakeOwn
from tests.unit.new_services.accounts.conftest import NOW, FakeLogins

ANNA = Customer(
    17, "anna@example.com", "Anna", False, "Weg 1", "87629", "Füssen", "DE", "2024-01-02 03:04:05"
)


class World:
    """One service at NOW, whose feed has come to NOW."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.people = {17: ANNA}
        self.own = FakeOwn()
        self.looks = 0
        self.arriving: list[Customer] = []  # seen from the second look on
        self.watermark: Watermark = Watermark(now=lambda: NOW, monotonic=lambda: 0.0)
        self.watermark.advance(int(NOW * 1e6))
        self.logins = FakeLogins({"anna@example.com": Login(17, hashed("gipfelkreuz"))})
        self.codec = SessionCodec("k" * 32, lambda: NOW)
        monkeypatch.setattr(views, "customer", self.customer)
        monkeypatch.setattr(sessions, "ARRIVAL_SECONDS", 0.0)

    async def customer(self, _: Any, customer_id: int) -> Customer | None:
        self.looks += 1
        if self.looks > 1:
            self.people |= {each.id: each for each in self.arriving}
        return self.people.get(customer_id)

    @property
    def sessions(self) -> Sessions:
        return Sessions(None, self.watermark, self.logins, self.codec, self.own, lambda: NOW)

    def cookie(self, **content: Any) -> str:
        return self.codec.write(Session(content))


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


async def test_a_customers_session_is_opened_as_it_is(world: World) -> None:
    found = await world.sessions.open(world.cookie(uid=17, csrf="abc"), token=True)
    assert (found.customer, found.csrf, found.set_cookie) == (ANNA, "abc", None)


async def test_a_stranger_gets_a_session_only_for_a_form(world: World) -> None:
    nothing = await world.sessions.open(None, token=False)
    assert (nothing.customer, nothing.csrf, nothing.set_cookie) == (None, "", None)
    given = await world.sessions.open("rubbish", token=True)
    assert given.set_cookie is not None
    cookie = given.set_cookie.partition("=")[2].partition(";")[0]
    again = await world.sessions.open(cookie, token=True)
    assert (again.csrf, again.set_cookie, again.customer) == (given.csrf, None, None)


async def test_a_session_without_a_token_keeps_the_rest(world: World) -> None:
    given = await world.sessions.open(world.cookie(uid=17, note="x"), token=True)
    cookie = (given.set_cookie or "").partition("=")[2].partition(";")[0]
    kept = dict(world.codec.read(cookie).content)
    assert kept == {"uid": 17, "note": "x", "csrf": given.csrf}
    assert given.customer == ANNA


async def test_a_login_starts_a_fresh_session(world: World) -> None:
    given = await world.sessions.log_in(" Anna@Example.COM\0 ", "gipfelkreuz")
    assert given is not None and given.set_cookie is not None
    cookie = given.set_cookie.partition("=")[2].partition(";")[0]
    assert dict(world.codec.read(cookie).content) == {"uid": 17, "csrf": given.csrf}
    assert world.logins.asked == ["anna@example.com"]


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("anna@example.com", "wrong"),
        ("nobody@example.com", "gipfelkreuz"),
        ("", ""),
        ("\ud800", "x"),
    ],
)
async def test_what_was_wrong_is_not_said(world: World, email: str, password: str) -> None:
    assert await world.sessions.log_in(email, password) is None


async def test_every_login_costs_one_hash(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    hashes: list[int] = []
    real = hashlib.pbkdf2_hmac

    def counted(name: str, password: bytes, salt: bytes, rounds: int) -> bytes:
        hashes.append(rounds)
        return real(name, password, salt, rounds)

    monkeypatch.setattr(passwords.hashlib, "pbkdf2_hmac", counted)
    await world.sessions.log_in("anna@example.com", "wrong")
    await world.sessions.log_in("nobody@example.com", "wrong")
    assert hashes == [1000, 1000]


async def test_without_the_owner_nobody_logs_in(world: World) -> None:
    world.logins.away = True
    with pytest.raises(LoginsAway):
        await world.sessions.log_in("anna@example.com", "gipfelkreuz")


async def test_a_customer_who_arrives_meanwhile_is_waited_for(world: World) -> None:
    world.people, world.arriving = {}, [ANNA]
    found = await world.sessions.open(world.cookie(uid=17, csrf="a"), token=False)
    assert found.customer == ANNA


async def test_one_who_has_not_arrived_is_for_legacy_to_know(world: World) -> None:
    world.people = {}
    for ask in (
        world.sessions.open(world.cookie(uid=17, csrf="a"), token=False),
        world.sessions.log_in("anna@example.com", "gipfelkreuz"),
    ):
        with pytest.raises(Problem) as raised:
            await ask
        assert raised.value.status == 503
        assert dict(raised.value.headers or {}) == {"Fig-Declined": "behind"}


async def test_a_customer_whom_the_feed_would_have_published_does_not_exist(world: World) -> None:
    """The customer is gone in legacy: there the session is a stranger's as well."""
    cookie = world.cookie(uid=99, csrf="abc")
    world.watermark = Watermark(now=lambda: NOW + 1000, monotonic=lambda: 0.0)
    world.watermark.advance(int((NOW + CLOCKS_APART_SECONDS + 1) * 1e6))
    found = await world.sessions.open(cookie, token=True)
    assert (found.customer, found.csrf, found.set_cookie) == (None, "abc", None)


async def test_without_a_feed_what_is_there_is_all_there_is(world: World) -> None:
    world.watermark = NoFeed()
    found = await world.sessions.open(world.cookie(uid=99), token=False)
    assert found.customer is None
    assert world.looks == 1


def test_a_logout_takes_the_cookie_away(world: World) -> None:
    assert world.sessions.log_out() == (
        "session=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; HttpOnly; Path=/; SameSite=Lax"
    )
