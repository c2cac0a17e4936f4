"""The goods as the back office is shown them."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import asyncpg
import httpx2
import pytest

from chassis.web import headers
from new_services.catalog import projections
from new_services.catalog.articles.listed import Articles
from tests.rigs.ownership.snapshots import asked, current, fill

pytestmark = pytest.mark.integration

TYPED = """
UPDATE product SET price = ' 49.9', disc_pct = ' 7.5', updated = '2021-03-04 05:06:07.5'
WHERE sku = 'P-2';
UPDATE product SET active = 'N', price = '.5' WHERE sku = 'P-3';
DELETE FROM stock WHERE sku = 'P-1-0';
"""


@pytest.fixture
def filled(goods: Any, make_database: Callable[[str], str]) -> str:
    """URL of the catalog's database."""
    goods.execute(TYPED)
    return fill("catalog", make_database("catalog"), goods.owner, projections.apply)


@pytest.fixture
async def catalog(filled: str) -> AsyncIterator[httpx2.AsyncClient]:
    pool = await asyncpg.create_pool(filled, min_size=1, max_size=2)
    async with asked(Articles(pool, current()).register, "catalog") as client:
        yield client
    pool.terminate()


async def ask(catalog: httpx2.AsyncClient, path: str) -> Any:
    answer = await catalog.get(f"/internal/articles{path}")
    assert int(answer.headers[headers.WATERMARK]) > 0
    return answer.json()


async def test_a_page_of_all_articles(catalog: httpx2.AsyncClient) -> None:
    """Inactive ones, too; prices as somebody typed them; stock of the active variants."""
    assert await ask(catalog, "") == {
        "articles": [
            article("P-1", "Ämpel 100% dry", "129.95", "15", stock=1),
            article("P-2", "boot", " 49.9", " 7.5"),
            article("P-3", "Boot old", ".5", "", active=False, discontinued=True),
        ],
        "total": 3,
        "page": 1,
        "pages": 1,
    }


FOUND = {
    "q=BOOT": "P-2 P-3",
    "q=p-1": "P-1",
    "q=%25": "P-1",
    "q=_": "",
    "q=": "P-1 P-2 P-3",
    "q=%C3%84MPEL": "P-1",
    "page=9": "P-1 P-2 P-3",
    "page=0": "P-1 P-2 P-3",
    "page=x&q=boot+o": "P-3",
    "q=nothing&page=4": "",
}


async def test_articles_are_found_by_name_and_number(catalog: httpx2.AsyncClient) -> None:
    for query, found in FOUND.items():
        page = await ask(catalog, f"?{query}")
        assert " ".join(each["sku"] for each in page["articles"]) == found, query
        assert (page["total"], page["page"], page["pages"]) == (len(found.split()), 1, 1)


async def test_one_article_with_all_its_variants(catalog: httpx2.AsyncClient) -> None:
    """Inactive ones, too, and those without a stock."""
    found = await ask(catalog, "/P-1")
    assert found["variants"] == [
        {"sku": "P-1-0", "colour": "green", "size": "M", "active": True},
        {"sku": "P-1-L", "colour": "green", "size": "L", "active": True},
        {"sku": "P-1-X", "colour": "green", "size": "X", "active": False},
    ]
    assert (await ask(catalog, "/P-2"))["updated"] == "2021-03-04 05:06:07"


async def test_there_is_no_such_article(catalog: httpx2.AsyncClient) -> None:
    for sku in ("NO", "a%2Fb", "%00"):
        assert (await catalog.get(f"/internal/articles/{sku}")).status_code == 404


def article(sku: str, name: str, price: str, discount: str, **other: Any) -> dict[str, Any]:
    known = {"sku": sku, "name": name, "price": price, "discount": discount}
    return {**known, "stock": 0, "active": True, "discontinued": False, **other}
