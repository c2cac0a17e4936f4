"""A shop that begins without a monolith: up from its own seed, sold from, down, and up again."""

import json
import random
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

from loadtests.checks import Order
from loadtests.cutover.returning import Browser
from loadtests.journeys import buy, newcomer, staff, web
from loadtests.shop import Shop, discover
from loadtests.visitor import Visitor

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]
BY_APP, BY_PAGES = 15, 5  # orders
GONE = {"legacy", "legacy-migrate", "legacy-seed", "feed"}


def read(url: str) -> tuple[int, Any]:
    """Status, and what the JSON says."""
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


@pytest.fixture
def url(port_base: int) -> str:
    return f"http://127.0.0.1:{port_base}"


@pytest.fixture
def customer(url: str) -> Callable[[int], Visitor]:
    """Somebody with a browser of their own, who knows what the shop sells."""
    found: list[Shop] = []

    def come(number: int) -> Visitor:
        if not found:
            found.append(discover(lambda path: read(f"{url}{path}")[1]))
        person = Visitor(Browser(url), found[0], random.Random(number), lambda: None)
        person.email = f"kunde{number:03d}@example.org"
        return person

    return come


def test_it_sells(fig, port_base, url, customer) -> None:
    up = fig("up", "--alone", "--detach", FIG_PORT_BASE=str(port_base))
    assert up.returncode == 0, up.stderr
    names = {one["name"] for one in json.loads(fig("status", "--json").stdout)["processes"]}
    assert "seed" in names and not names & GONE
    status, problem = read(f"{url}/of-the-old-shop")
    assert (status, problem["detail"]) == (404, "Nothing is at this address.")
    _what_needs_a_monolith_says_that_there_is_none(fig)

    numbers = [_by_app(customer(number)) for number in range(1, BY_APP + 1)]
    numbers += [_by_pages(customer(100 + number)) for number in range(BY_PAGES)]
    assert sorted(int(each.rpartition("-")[2]) for each in numbers) == [*range(1, 21)]
    _somebody_registers(customer(1))
    _the_staff_saves_a_price_and_counts(customer(1))
    _every_law_holds(fig)

    assert fig("down").returncode == 0
    again = fig("up", "--detach", FIG_PORT_BASE=str(port_base))
    assert again.returncode == 0, again.stderr
    known = customer(1)
    buy.log_in(known)
    listed = known.get("/api/orders", "/api/orders", lambda answer: answer.json())
    assert [one["order_no"] for one in listed["orders"]] == numbers[:1]
    _every_law_holds(fig)
    print(f"sold: {BY_APP} orders by the app, {BY_PAGES} by pages; 1 by a new customer; 22 logins")


def _what_needs_a_monolith_says_that_there_is_none(fig) -> None:
    for code, *words in (
        (1, "cutover", "goods"),
        (1, "cutover", "orders", "--back"),
        (2, "cutover", "gods"),
        (1, "feed", "resnapshot", "product"),
        (0, "lag"),
        (0, "retire", "goods", "--dry-run"),
    ):
        done = fig(*words)
        said = done.stdout + done.stderr
        assert done.returncode == code, f"{words}: {said}"
        assert "monolith" in said or code == 2, f"{words}: {said}"


def _by_app(person: Visitor) -> str:
    buy.log_in(person)
    order = buy.place(person, {**buy.choose(person)})
    assert isinstance(order, Order), order
    buy.find_again(person, order)
    return order.number


def _by_pages(person: Visitor) -> str:
    web.log_in(person)
    number = web.check_out(person, web.fill_cart(person))
    assert number is not None
    return number


def _somebody_registers(person: Visitor) -> None:
    newcomer.register(person)
    newcomer.log_out(person)
    web.log_in(person)
    assert web.check_out(person, web.fill_cart(person)) is not None


def _the_staff_saves_a_price_and_counts(person: Visitor) -> None:
    person.email, person.password = staff.ADMIN
    web.log_in(person)
    sku = person.get("/admin/", "/admin/", staff.articles)[0]
    staff.save_price(person, sku)
    staff.count(person, sku)


def _every_law_holds(fig) -> None:
    checked = fig("verify", "--json")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    found = json.loads(checked.stdout)
    assert (found["ok"], found["alone"]) == (True, True)
    assert len(found["laws"]) >= 7
