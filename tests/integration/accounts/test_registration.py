"""A stranger opens an account on the new side: one customer of the monolith's, also when the answer
is lost, and both sides believe the session."""

# ruff: noqa: F811 - fixtures that several folders use

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any

import asyncpg
import httpx2
import orjson
import pytest

from chassis.web.client import HttpClient
from chassis.web.internal import Reply
from migrations import runner
from new_services.accounts.forms import register
from new_services.accounts.registration import Registration
from new_services.accounts.session import SessionCodec
from new_services.anticorruption.forms import Forms
from new_services.anticorruption.logins import LegacyLogins
from tests.rigs.shop.cutting import Cutter
from tests.rigs.shop.fixtures import legacy_urls, monolith, new_database  # noqa: F401

pytestmark = pytest.mark.integration

FORM = {
    "name": "Eva",
    "street": "Gasse 1",
    "zip": "6020",
    "city": "Füssen",
    "password": "pass word",
}


@pytest.fixture(scope="module")
def registrations(new_database: Callable[[str], str]) -> str:
    url = new_database("accounts")
    runner.upgrade("accounts", url)
    return url


@pytest.fixture
def cutter(monolith: Any) -> Any:
    made = Cutter(int(monolith.url.rpartition(":")[2]))
    yield made
    made.close()


@pytest.fixture
async def post(
    registrations: str,
    legacy_urls: tuple[str, str],
    monolith: Any,
    cutter: Cutter,
) -> AsyncIterator[Callable[..., Any]]:
    """Posts the form for an address, as the storefront does."""
    own = await asyncpg.create_pool(registrations, min_size=1, max_size=2)
    owners = await asyncpg.create_pool(legacy_urls[0], min_size=1, max_size=2)
    client = HttpClient(cutter.url)
    codec = SessionCodec(monolith.environment["LEGACY_SECRET_KEY"], time.time)
    registration = Registration(
        own, LegacyLogins(owners), Forms(client, None), codec, time.monotonic
    )
    made = partial(register, registration, "form")

    async def form(address: str, **fields: str) -> Reply:
        return await made(orjson.dumps({"email": address, **FORM, **fields}))

    form.__dict__["customers"] = lambda address: owners.fetchval(
        "SELECT count(*) FROM customer WHERE email = $1", address
    )
    yield form
    await client.close()
    own.terminate()
    owners.terminate()


def me(monolith: Any, reply: Reply) -> dict[str, Any]:
    """Who the monolith says that is."""
    (status, body) = reply
    assert status == 200, body
    assert isinstance(body, dict)
    cookie = body["set_cookie"].partition(";")[0]
    return dict(httpx2.get(f"{monolith.url}/api/me", headers={"cookie": cookie}).json())


def address() -> str:
    return f"eva{secrets.token_hex(4)}@example.org"


async def test_the_new_customer_is_logged_in_on_both_sides(post: Any, monolith: Any) -> None:
    new = address()
    reply = await post(f" {new.upper()} ", name=" Eva <Ö> ")
    found = await asyncio.to_thread(me, monolith, reply)
    assert (found["email"], found["name"], found["city"]) == (new, "Eva <Ö>", "Füssen")


async def test_a_lost_answer_has_no_second_effect(
    post: Any,
    monolith: Any,
    cutter: Cutter,
) -> None:
    new = address()
    cutter.next("/register")
    reply = await post(new)
    assert cutter.cut == 1
    assert (await asyncio.to_thread(me, monolith, reply))["email"] == new
    assert await post.customers(new) == 1
    again = await post(new)  # the browser lost its answer, too
    assert (await asyncio.to_thread(me, monolith, again))["email"] == new
    assert await post.customers(new) == 1


async def test_what_came_to_nothing_can_be_sent_again(
    post: Any, monolith: Any, cutter: Cutter
) -> None:
    new = address()
    cutter.next("/register", "before")
    status, body = await post(new)
    assert (status, list(body)) == (202, ["problem"])
    assert await post.customers(new) == 0
    assert (await asyncio.to_thread(me, monolith, await post(new)))["email"] == new
    assert await post.customers(new) == 1


async def test_twice_at_once_is_one_customer(post: Any) -> None:
    new = address()
    replies = await asyncio.gather(*(post(new) for _ in range(4)))
    assert await post.customers(new) == 1
    assert {status for status, _ in replies} <= {200, 400}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"password": "short"}, {"problem": "The password needs at least 8 characters."}),
        ({"name": "  "}, {"problem": "Please tell us your name."}),
        ({"city": "a\0"}, {"error": "bad input"}),
    ],
)
async def test_what_is_wrong_is_said(post: Any, fields: dict[str, str], expected: object) -> None:
    assert await post(address(), **fields) == (400, expected)


async def test_an_address_that_is_taken_stays_its_owners(post: Any) -> None:
    body = {"problem": "There is an account with this e-mail address already."}
    assert await post("anna@example.com", password="gipfelkreuz") == (400, body)
