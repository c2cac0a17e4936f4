"""What the staff change on the new side is the monolith's own form, and has one effect: also when
its answer is lost, the service dies over it, or the form is sent twice under one key."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from tests.integration.back_office.conftest import ANNA

pytestmark = pytest.mark.integration

PRODUCT = "SELECT price, disc_pct, active, discontinued, name FROM product WHERE sku = 'TENT'"
LEDGER = "SELECT qty_change, reason FROM stock_movement WHERE sku = %s ORDER BY id"
STOCK = "SELECT qty FROM stock WHERE sku = %s"


def product(office: Any) -> tuple[Any, ...]:
    (row,) = office.query(office.owner, PRODUCT)
    return tuple(row)


def test_a_product_is_saved_as_the_monolith_saves_it(office: Any) -> None:
    answer = office.save(price="99,5", discount="15 %", name=" Zelt „Ö“ <b> ", discontinued=True)
    assert (answer.status_code, answer.json()["status"]) == (200, "DONE")
    assert product(office) == ("99.50", "15", "Y", "Y", "Zelt „Ö“ <b>")


def test_a_name_that_is_not_sent_stays(office: Any) -> None:
    before = product(office)[4]
    assert office.save(price="1.00", active=False).status_code == 200
    assert product(office) == ("1.00", "", "N", "N", before)


def test_a_count_is_a_movement(office: Any) -> None:
    before = office.query(office.owner, LEDGER, "TENT-0")
    assert office.count("TENT-0", " 42 ").status_code == 200
    assert office.legacy_value(STOCK, "TENT-0") == 42
    after = office.query(office.owner, LEDGER, "TENT-0")
    assert after[: len(before)] == before
    assert [reason for _, reason in after[len(before) :]] == ["ADJUST"]


REFUSALS = {
    "a bad price": ("save", {"price": "0"}, 400, "problem"),
    "a bad discount": ("save", {"discount": "71"}, 400, "problem"),
    "no name": ("save", {"name": " "}, 400, "problem"),
    "a name no database holds": ("save", {"name": "a\0b"}, 400, "error"),
    "no such product": ("save", {"sku": "NONE"}, 404, "error"),
    "a mere customer": ("save", {"email": ANNA}, 403, "error"),
    "a bad count": ("count", {"pieces": "-1"}, 400, "problem"),
    "too many": ("count", {"pieces": "100001"}, 400, "problem"),
    "too long": ("count", {"pieces": "0000001"}, 400, "problem"),
    "no number": ("count", {"pieces": ""}, 400, "problem"),
    "another product's variant": ("count", {"variant": "MUG-0"}, 404, "error"),
    "no such variant": ("count", {"variant": "NONE"}, 404, "error"),
    "a variant no database holds": ("count", {"variant": "A\0"}, 404, "error"),
    "counted by a mere customer": ("count", {"email": ANNA}, 403, "error"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_the_monolith_refuses_is_refused_in_its_words(office: Any, case: str) -> None:
    what, wrong, status, kind = REFUSALS[case]
    before = product(office), office.query(office.owner, "SELECT * FROM stock_movement")
    if what == "save":
        answer = office.save(**wrong)
    else:
        answer = office.count(**{"variant": "TENT-0", "pieces": "3", **wrong})
    assert (answer.status_code, list(answer.json())) == (status, [kind])
    assert before == (product(office), office.query(office.owner, "SELECT * FROM stock_movement"))
    assert answer.json()[kind] in _legacy_page(office, what, wrong)


def _legacy_page(office: Any, what: str, wrong: dict[str, str]) -> str:
    """What the monolith shows a client that sends it the same form."""
    email = wrong.get("email", "ben@example.com")
    office.person(email)
    browser = httpx2.Client(base_url=office.legacy.url, headers={"cookie": office.cookies[email]})
    token = browser.get("/").text.partition('name="csrf" value="')[2].partition('"')[0]
    if what == "save":
        fields = {"price": wrong.get("price", "100.00"), "disc_pct": wrong.get("discount", "")}
        fields |= {"name": wrong["name"]} if "name" in wrong else {}
        path = f"/admin/products/{wrong.get('sku', 'TENT')}"
    else:
        fields = {"variant": wrong.get("variant", "TENT-0"), "qty": wrong.get("pieces", "3")}
        path = "/admin/products/TENT/stock"
    page = browser.post(path, data={**fields, "csrf": token}).text
    return page.replace("&#39;", "'")


def test_a_lost_answer_of_a_price_has_no_second_effect(office: Any) -> None:
    office.cutter.next("/admin/products/TENT")
    cut, key = office.cutter.cut, uuid4().hex
    answer = office.save(key=key, price="77.00")
    office.until("saved", lambda: office.phase("catalog", "save-article", key) == "done")
    assert answer.status_code in (200, 202)
    assert office.cutter.cut == cut + 1
    assert product(office)[0] == "77.00"


def test_a_price_that_came_to_nothing_is_sent_again(office: Any) -> None:
    office.cutter.next("/admin/products/TENT", "before", times=2)
    key = uuid4().hex
    office.save(key=key, price="78.00")
    office.until("saved", lambda: office.phase("catalog", "save-article", key) == "done")
    assert product(office)[0] == "78.00"


def test_a_lost_answer_of_a_count_has_no_second_effect(office: Any) -> None:
    """And a sale in between is no piece from nowhere."""
    office.count("TENT-1", "20")
    before = office.query(office.owner, LEDGER, "TENT-1")
    office.cutter.next("/admin/products/TENT/stock")
    cut, key = office.cutter.cut, uuid4().hex
    answer = office.count("TENT-1", "9", key=key)
    assert answer.status_code in (200, 202)
    _sell(office, "TENT-1")
    office.until("counted", lambda: office.phase("inventory", "count-stock", key) == "done")
    assert office.cutter.cut == cut + 1
    after = office.query(office.owner, LEDGER, "TENT-1")
    assert after[len(before) :] == [(-11, "ADJUST"), (-1, "SALE")]
    assert office.legacy_value(STOCK, "TENT-1") == 8


def _sell(office: Any, variant: str) -> None:
    order = {"lines": [{"sku": variant, "qty": 1}]}
    office.person(ANNA)
    cookie = {"cookie": office.cookies[ANNA]}
    office.query(office.owner, "UPDATE product SET active = 'Y' WHERE sku = 'TENT'")
    sold = httpx2.post(f"{office.legacy.url}/api/orders", json=order, headers=cookie)
    assert sold.status_code == 201, sold.text


def test_a_form_that_is_sent_twice_under_one_key_is_done_once(office: Any) -> None:
    key = uuid4().hex
    office.count("MUG-0", "100", key=key, sku="MUG")
    _sell(office, "MUG-0")
    assert office.count("MUG-0", "100", key=key, sku="MUG").status_code == 200
    assert office.legacy_value(STOCK, "MUG-0") == 99


@pytest.mark.parametrize("service", ["catalog", "inventory"])
def test_a_stranger_may_not_call(office: Any, service: str) -> None:
    path = {"catalog": "/articles/k", "inventory": "/counts/k"}[service]
    answer = httpx2.post(f"{office.processes[service].url}{path}", json={})
    assert answer.status_code == 401


def test_a_service_that_dies_over_a_count_goes_on_with_it_after_its_start(office: Any) -> None:
    office.count("TENT-0", "50")
    before = len(office.query(office.owner, LEDGER, "TENT-0"))
    office.cutter.next("/admin/products/TENT/stock")
    cut, key = office.cutter.cut, uuid4().hex
    process = office.processes["inventory"]
    office.person()
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(office.count, "TENT-0", "5", key=key)
        office.until("cut", lambda: office.cutter.cut > cut)
        process.kill()
        asking.exception()  # whatever its answer was, if there was one
    process.start()
    process.wait_until_ready()
    office.until("counted", lambda: office.phase("inventory", "count-stock", key) == "done", 60)
    assert office.legacy_value(STOCK, "TENT-0") == 5
    assert len(office.query(office.owner, LEDGER, "TENT-0")) == before + 1


def test_a_saga_is_shown_without_the_session(office: Any) -> None:
    key = uuid4().hex
    office.save(key=key, price="79.00")
    saga = httpx2.get(f"{office.processes['catalog'].url}/sagas/save-article:{key}").json()
    assert (saga["phase"], saga["request"]["article"]["price"]) == ("done", "79.00")
    assert "session" not in saga["request"]["customer"]
