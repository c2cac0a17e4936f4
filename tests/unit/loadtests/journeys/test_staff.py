"""The back office, against one that answers from a dict."""

from __future__ import annotations

from random import Random
from typing import Any
from urllib.parse import parse_qsl

import pytest

from loadtests.answer import Answer
from loadtests.journeys import staff
from loadtests.visitor import Ask, VisitEnds

CSRF = '<input type="hidden" name="csrf" value="t0k">'
SKUS = ("AA-1", "BB-2", "CC-3")
CSV = "/admin/report.csv?from=2026-01-01&to=2026-01-31"


class BackOffice:
    """Articles with a price and 7 pieces of one variant; keeps what is saved."""

    def __init__(self, answers: dict[str, Any], html: Any) -> None:
        self.html = html
        self.prices = dict.fromkeys(SKUS, "19.99")
        self.counted: list[int] = []
        self.forgets = False  # what was saved
        list_ = "".join(f'<a href="/admin/products/{sku}">{sku}</a>' for sku in SKUS)
        answers.update(
            {
                "GET /login": f'<form action="/login">{CSRF}<input name="email"></form>',
                "POST /login": self.log_in,
                "GET /admin/": html(list_, "/admin/products"),
                "GET /admin": html(list_, "/admin/products"),
                "GET /admin/report": f'Sales <a href="{CSV}">CSV</a>',
                f"GET {CSV}": Answer(
                    200, b"\xef\xbb\xbfa;b", {"content-type": "text/csv"}, url=f"http://h{CSV}"
                ),
            }
        )
        for sku in SKUS:
            answers[f"GET /admin/products?q={sku}"] = list_
            answers[f"GET /admin/products/{sku}"] = lambda ask: self.article(ask.path)
            answers[f"POST /admin/products/{sku}"] = self.save
            answers[f"POST /admin/products/{sku}/stock"] = self.count

    def log_in(self, ask: Ask) -> Any:
        fields = self.fields(ask)
        boss = (fields["email"], fields["password"]) == staff.ADMIN
        return self.html("", "/" if boss else "/login")

    def fields(self, ask: Ask) -> dict[str, str]:
        fields = dict(parse_qsl(ask.body.decode()))
        assert fields["csrf"] == "t0k"
        return fields

    def article(self, path: str, said: str = "") -> Any:
        sku = path.removeprefix("/admin/products/")
        form = (
            f'{CSRF}<input name="name" value="N"><input name="price" value="{self.prices[sku]}">'
            '<input type="checkbox" name="active" value="Y" checked>'
        )
        shelf = f'{CSRF}<input name="variant" value="{sku}-0"><input name="qty" value="7">'
        return self.html(
            f'{said}<form action="{path}">{form}</form><form action="{path}/stock">{shelf}</form>',
            path,
        )

    def save(self, ask: Ask) -> Any:
        fields = self.fields(ask)
        assert (fields["name"], fields["active"]) == ("N", "Y"), "the rest stays as it is"
        if not self.forgets:
            self.prices[ask.path.rpartition("/")[2]] = fields["price"]
        return self.article(ask.path, "Saved.")

    def count(self, ask: Ask) -> Any:
        fields = self.fields(ask)
        assert fields["variant"] in {f"{sku}-0" for sku in SKUS}
        self.counted.append(int(fields["qty"]))
        return self.article(ask.path.removesuffix("/stock"), "Saved.")


@pytest.fixture
def office(fake_shop: Any, bodies: Any) -> BackOffice:
    return BackOffice(fake_shop.answers, bodies.html)


def test_the_whole_story(office: BackOffice, fake_shop: Any, make_person: Any) -> None:
    for seed in range(12):
        staff.work(make_person(seed))
    assert fake_shop.failures == []
    assert set(office.prices.values()).isdisjoint({"19.99"})
    assert set(office.counted) == {7, 8, 9, 10}, "the same count is one of them"


def test_a_price_changes_and_never_by_what_a_person_would_have_to_approve() -> None:
    dice = Random(7)
    prices = [float(staff.another("100.00", dice)) for _ in range(1000)]
    assert 90.0 <= min(prices) < 91.0
    assert 109.0 < max(prices) <= 110.0
    assert 100.0 not in prices
    assert {staff.another("1.00", dice) for _ in range(100)} >= {"1.00", "1.10"}


def test_a_price_that_was_not_kept_is_a_failure(
    office: BackOffice, fake_shop: Any, make_person: Any
) -> None:
    office.forgets = True
    with pytest.raises(VisitEnds):
        staff.work(make_person())
    assert "the price that was saved is '19.99'" in fake_shop.failures[0]


def test_a_count_that_was_refused_is_a_failure(
    office: BackOffice, fake_shop: Any, make_person: Any, bodies: Any
) -> None:
    for sku in SKUS:
        page = bodies.html("The stock must be a number", f"/admin/products/{sku}")
        fake_shop.answers[f"POST /admin/products/{sku}/stock"] = page
    with pytest.raises(VisitEnds):
        staff.work(make_person())
    assert "does not say 'Saved.'" in fake_shop.failures[0]


def test_staff_that_are_not_let_in_are_a_failure(
    office: BackOffice, fake_shop: Any, make_person: Any, bodies: Any
) -> None:
    fake_shop.answers["GET /admin/"] = bodies.html("", "/login")
    with pytest.raises(VisitEnds):
        staff.work(make_person())
    assert "led to /login instead of /admin/products" in fake_shop.failures[0]


def test_the_bookkeeper_reads_several_periods_each_as_page_and_file(
    office: BackOffice, fake_shop: Any, make_person: Any
) -> None:
    fake_shop.answers = AnyPeriod(fake_shop.answers)
    fake_shop.answers["GET /admin/report.csv"] = fake_shop.answers[f"GET {CSV}"]
    for seed in range(100):
        staff.read_sales(make_person(seed))
    assert fake_shop.failures == []
    asked = [path for path in fake_shop.paths() if "/admin/report" in path]
    assert len(asked) == 100 * 2 * staff.REPORTS
    pages = [path for path in asked if "csv" not in path]
    assert {"GET /admin/report", "GET /admin/report?from=yesterday&to=2016-13-01"} < set(pages)
    assert len(set(pages)) > len(pages) / 2, "other days each time"


class AnyPeriod(dict[str, Any]):
    """Answers a report whatever its days are."""

    def get(self, key: str, default: Any = None) -> Any:
        return super().get(key.partition("?")[0] if "/admin/report" in key else key, default)


def test_a_price_that_is_saved_later_is_no_failure(
    fake_shop: Any, bodies: Any, make_person: Any
) -> None:
    office = BackOffice(fake_shop.answers, bodies.html)
    for sku in SKUS:
        fake_shop.answers[f"POST /admin/products/{sku}"] = bodies.html(
            "It is saved in a moment.", f"/admin/products/{sku}", 202
        )
    person = make_person()
    staff.save_price(person, SKUS[0])
    assert fake_shop.failures == []
    assert office.prices[SKUS[0]] == "19.99"
