"""The sales report of both sides, while orders are placed and cancelled on each."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from chassis.web import headers
from loadtests.bench.read.figures import figures
from migrations import runner
from tests.rigs.processes.warm import WARM
from tests.rigs.shop.sides import feed_stopped, services

pytestmark = pytest.mark.integration

ADMIN = "ben@example.com"
Rows = list[dict[str, Any]]
CARD = {"pay_method": "card"}
AHEAD = "SELECT count(*) FROM ahead WHERE order_no = %s"


class Report:
    """The figures, on either side."""

    def __init__(self, shop: Any, url: str) -> None:
        self._shop = shop
        self._url = url

    def legacy(self) -> Rows:
        return figures(self._shop.ask("legacy", "GET", "/admin/report", email=ADMIN).text)

    def new(self) -> Rows:
        return self._ask().json()["rows"]

    def _ask(self, **more: str) -> httpx2.Response:
        return httpx2.get(f"{self._url}/internal/report", headers=more, timeout=15)

    def fresh(self) -> Rows:
        """With everything that was written before now: the first answer that is not declined."""
        after = {headers.AFTER: str(time.time_ns() // 1000)}
        found: list[httpx2.Response] = []

        def answered() -> bool:
            found.append(self._ask(**after))
            return found[-1].status_code == 200

        self._shop.until("fresh", answered)
        return found[-1].json()["rows"]


@pytest.fixture(scope="module")
def report(
    shop: Any,
    nats: Any,
    new_database: Callable[[str], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Report]:
    """The sales service beside the others, and somebody of the staff."""
    shop.query("legacy", "UPDATE customer SET is_admin = 'Y' WHERE email = %s", ADMIN)
    folder: Path = tmp_path_factory.mktemp("sales")
    shop.databases["sales"] = new_database("sales")
    runner.upgrade("sales", shop.databases["sales"])
    with services(nats.url, folder) as started:
        process = started.start("sales", database_url=shop.databases["sales"])
        process.wait_until_ready()
        yield Report(shop, process.url)


def test_both_sides_report_the_same_whichever_side_writes(
    shop: Any, report: Report, later: Any
) -> None:
    assert report.fresh() == report.legacy()
    placed = []
    for side, pieces in (("new", 2), ("legacy", 1), ("new", 1), ("legacy", 3)):
        lines = [{"sku": "TENT-0", "qty": pieces}, {"sku": "MUG-0", "qty": 1}]
        placed.append(shop.place(side, CARD | {"lines": lines})["order_no"])
        page = report.legacy()
        assert report.fresh() == page
    assert [(row["name"], row["pieces"]) for row in page] == [("Zelte", 11)]
    later()
    # Each side cancels one of its own and one of the other's.
    for side, order_no in zip(("new", "legacy", "legacy", "new"), placed, strict=True):
        path = f"/api/orders/{order_no}/cancel"
        shop.until("known", lambda path=path, side=side: (
            shop.ask(side, "POST", path).status_code == 200))  # fmt: skip
        page = report.legacy()
        assert report.fresh() == page
    assert [row["revenue"] for row in page] == ["0"]  # nothing is sold any more


def test_an_order_counts_before_the_feed_publishes_it_and_once_when_it_does(
    shop: Any, report: Report
) -> None:
    before = report.fresh()
    with feed_stopped(shop):
        lines = [{"sku": "MUG-0", "qty": 7}]
        number = shop.place("new", CARD | {"lines": lines})["order_no"]
        page = report.legacy()
        assert page != before
        shop.until("the event", lambda: report.new() == page)
        assert shop.value("sales", AHEAD, number) == 1
    assert report.fresh() == page
    shop.ask("legacy", "POST", f"/api/orders/{number}/cancel")
    assert report.fresh() == report.legacy()

    def forgotten() -> bool:
        """The feed is past it: with whatever comes next. The saga's own event of the cancellation
        may come later than one order."""
        order = {"lines": [{"sku": "MUG-0", "qty": 1}]}
        assert shop.ask("legacy", "POST", "/api/orders", order).status_code == 201
        assert report.fresh() == report.legacy()
        return bool(shop.value("sales", AHEAD, number) == 0)

    shop.until("the event is forgotten", forgotten)


def test_rebuilt_they_say_the_same_and_go_on(shop: Any, nats: Any, report: Report) -> None:
    lines = {"lines": [{"sku": "MUG-0", "qty": 4}]}
    placed = shop.ask("legacy", "POST", "/api/orders", CARD | lines).json()
    page = report.fresh()
    shop.query("sales", "UPDATE daily SET revenue = 1, orders = 77")
    assert report.new() != page
    settings = {"SALES_DATABASE_URL": shop.databases["sales"], "SALES_NATS_URL": nats.url}
    done = WARM.run("new_services.sales.rebuild", env=os.environ | settings)
    assert done.returncode == 0, done.stderr
    assert report.fresh() == page
    shop.cancel("new", placed["order_no"])
    assert report.fresh() == report.legacy() != page
