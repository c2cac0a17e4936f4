"""The back office, with parts of it away, and a spreadsheet in several parts."""

from typing import Any

import pytest

from chassis.web import headers
from chassis.web.client import Request
from tests.rigs.shop.storefront import PlayedShop, asked_for

SAID = {headers.IDENTITY: "token", "cookie": "session=x", headers.AFTER: "17"}
ARTICLE = {
    "sku": "TNT-1", "name": "Zelt <1>", "price": " 49.9", "discount": "7", "active": False,
    "discontinued": True, "updated": "2026-06-30 18:00:01",
    "variants": [{"sku": "TNT-1-0", "colour": "green", "size": "2P", "active": False},
                 {"sku": "TNT-1-1", "colour": "red", "size": "2P", "active": True}],
}  # fmt: skip
SHELF = {
    "stock": {"TNT-1-0": 5},
    "movements": [{"sku": "TNT-1-0", "change": -1, "reason": "SALE", "order_no": "SO-1",
                   "created": "2026-06-30 18:00:00"}],
}  # fmt: skip


@pytest.fixture(autouse=True)
def filled(shop: PlayedShop) -> None:
    shop.log_in(is_admin=True)
    shop.catalog.answers["/internal/articles/TNT-1"] = ARTICLE
    shop.services["inventory"].answers["/internal/shelves/TNT-1"] = SHELF


async def test_an_article_as_it_was_typed(shop: PlayedShop) -> None:
    answer = await shop.browser.get("/admin/products/tnt-1", headers=SAID)
    assert 'name="price" value=" 49.9"' in answer.text
    assert 'aria-label="Stock of TNT-1-0"' in answer.text and "· inactive" in answer.text
    assert "TNT-1-1" not in answer.text, "legacy keeps no stock of it"
    assert '<td class="number">-1</td>' in answer.text and "SO-1" in answer.text
    for name in ("catalog", "inventory"):
        assert shop.services[name].asked[-1].headers[headers.AFTER] == "17"


async def test_without_the_inventory_it_says_so(shop: PlayedShop) -> None:
    shop.services["inventory"].away = True
    answer = await shop.browser.get("/admin/products/TNT-1", headers=SAID)
    assert answer.status_code == 200 and "The stock cannot be seen just now." in answer.text
    assert 'name="price"' in answer.text


@pytest.mark.parametrize(("name", "path"), [("catalog", "products"), ("sales", "report")])
async def test_without_its_service_there_is_no_page(shop: PlayedShop, name: str, path: str) -> None:
    shop.services[name].away = True
    assert (await shop.browser.get(f"/admin/{path}", headers=SAID)).status_code == 503


def row(number: int) -> list[str]:
    return [
        f"SO-{number}",
        "30.06.2026",
        "NEW",
        "a@b.de",
        "TNT-1-0",
        'Zelt "1"; gelb',
        "1",
        "2",
        "2",
    ]


def part(request: Request) -> dict[str, Any]:
    after = int(asked_for(request)["after"][0])
    rest = {"first": "2026-06-01", "last": "2026-06-30", "after": after + 1 if after < 2 else None}
    return {"lines": [row(after)], **rest}


async def test_a_spreadsheet_comes_in_parts(shop: PlayedShop) -> None:
    shop.services["sales"].answers["/internal/lines"] = part
    answer = await shop.browser.get("/admin/report.csv?from=&to=x", headers=SAID)
    assert answer.headers["content-disposition"] == (
        'attachment; filename="sales-2026-06-01-2026-06-30.csv"'
    )
    lines = answer.text.split("\r\n")
    assert lines[0].startswith("\ufefforder;date;status")
    assert lines[1] == 'SO-0;30.06.2026;NEW;a@b.de;TNT-1-0;"Zelt ""1""; gelb";1;2;2'
    assert [line[:4] for line in lines[1:-1]] == ["SO-0", "SO-1", "SO-2"]
    begun, *rest = shop.services["sales"].asked
    assert asked_for(begun) == {"from": [""], "to": ["x"], "after": ["0"]}
    assert all(asked_for(each)["from"] == ["2026-06-01"] for each in rest)


@pytest.mark.parametrize("path", ["report", "report.csv"])
async def test_the_calendar_ends_where_it_ends_in_legacy(shop: PlayedShop, path: str) -> None:
    shop.services["sales"].status = 422
    answer = await shop.browser.get(f"/admin/{path}?to=9999-12-31", headers=SAID)
    assert answer.status_code == 500 and "<h1>Our fault</h1>" in answer.text
