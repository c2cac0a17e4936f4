"""The catalog on real engines: what legacy commits is what it answers, soon and after any death."""

import time

import httpx2
import pytest

from chassis.readmodel.watermark import PATIENCE_SECONDS

pytestmark = pytest.mark.integration


def get(catalog, path: str, **headers: str) -> httpx2.Response:
    return httpx2.get(f"{catalog.url}{path}", headers=headers, timeout=30)


def eventually(what: str, check, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, f"{what}: not within {seconds} s"
        time.sleep(0.01)


@pytest.fixture
def catalog(goods, feed, make_catalog):
    process = make_catalog()
    process.wait_until_ready()
    return process


def test_detail_speaks_the_public_contract(catalog):
    answer = get(catalog, "/api/products/p-1")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {
        "sku": "P-1",
        "name": "Ämpel 100% dry",
        "description": "Ein_Zelt",
        "category": {"code": "tents", "name": "Zelte"},
        "price": "110.46",
        "list_price": "129.95",
        "discount_pct": "15",
        "on_sale": "Y",
        "currency": "EUR",
        "active": "Y",
        "discontinued": "N",
        "colour": "green",
        "tags": ["hiking", "dry", "sale"],
        "variants": [
            {"sku": "P-1-0", "color": "green", "size": "M", "price": "110.46", "stock": 2},
            {"sku": "P-1-L", "color": "green", "size": "L", "price": "118.96", "stock": 1},
        ],
        "stock": 3,
        "stock_text": "Only 3 lefts",
        "img": "a.svg",
        "weight": "1.250 kg",
        "created": "2020-01-01 10:00:00",
        "updated": "2020-01-02 10:00:00",
    }


def test_unknown_product_is_named_as_asked_in_capitals(catalog):
    answer = get(catalog, "/api/products/nope")
    assert answer.status_code == 404
    assert answer.json() == {"error": "product not found", "sku": "NOPE"}


def test_lists_hide_what_is_discontinued_and_sold_out(catalog):
    answer = get(catalog, "/api/products").json()
    assert [item["sku"] for item in answer.pop("products")] == ["P-2", "P-1"]
    assert answer == {"page": 1, "per_page": 24, "total": 2, "pages": 1}


SEARCHES = [
    ("q=ÜBER", ["P-2"]),
    ("q=100%25", ["P-1"]),
    ("q=n_z", ["P-1"]),
    ("q=nxz", []),
    ("q=boot%20berge", ["P-2"]),
    ("category=shoes", ["P-2"]),
    ("sort=price", ["P-2", "P-1"]),
    ("sort=-price", ["P-1", "P-2"]),
    ("sort=newest&sort=price", ["P-2", "P-1"]),
    ("per_page=1&page=2", ["P-1"]),
    ("page=9999999999999999999999", []),
    ("page=x&per_page=-3", ["P-2", "P-1"]),
]


def test_search_category_sort_and_pages(catalog):
    for query, expected in SEARCHES:
        answer = get(catalog, f"/api/products?{query}").json()
        assert [item["sku"] for item in answer["products"]] == expected, query


def test_unknown_category_is_a_success_that_carries_an_error(catalog):
    answer = get(catalog, "/api/products?category=hats&per_page=7&page=3")
    assert answer.status_code == 200
    assert answer.json() == {
        "error": "unknown category",
        "products": [],
        "page": 1,
        "per_page": 24,
        "total": 0,
        "pages": 0,
    }


def test_categories_count_what_they_list(catalog):
    assert get(catalog, "/api/categories").json()["categories"] == [
        {"code": "tents", "name": "Zelte", "parent": None, "count": 1},
        {"code": "shoes", "name": "Schuhe", "parent": None, "count": 0},
        {"code": "boots", "name": "Stiefel", "parent": "shoes", "count": 1},
    ]


def test_a_committed_price_shows_by_itself(catalog, legacy):
    legacy.execute("UPDATE product SET price = '1.23' WHERE sku = 'P-2'")
    eventually("the new price", lambda: price(catalog, "P-2") == "1.23")


def price(catalog, sku: str) -> str:
    return get(catalog, f"/api/products/{sku}").json()["price"]


def not_before(catalog, path: str, after: dict[str, str]) -> httpx2.Response:
    """The answer once it is not declined: on a busy machine the feed needs longer than a reader
    waits. It is declined only after that wait, and for that reason."""
    deadline = time.monotonic() + 10.0
    while True:
        begun = time.monotonic()
        answer = get(catalog, path, **after)
        if answer.status_code == 200:
            return answer
        assert answer.headers.get("Fig-Declined") == "behind", answer.text
        assert time.monotonic() - begun >= 0.9 * PATIENCE_SECONDS  # timers round down
        assert time.monotonic() < deadline, "declined for 10 s"


def test_after_waits_until_the_write_is_there(catalog, legacy):
    for number in range(20):
        legacy.execute("UPDATE stock SET qty = %s WHERE sku = 'P-2-0'", number)
        now = str(int(time.time() * 1e6))
        answer = not_before(catalog, "/api/products/P-2", {"Fig-After": now})
        assert answer.json()["stock"] == number
        assert int(answer.headers["Fig-Watermark"]) >= int(now)


def test_after_the_future_is_declined(catalog):
    future = str(int((time.time() + 60) * 1e6))
    answer = get(catalog, "/api/products/P-2", **{"Fig-After": future})
    assert answer.status_code == 503
    assert answer.headers["Fig-Declined"] == "behind"
    assert answer.json() == {"error": "what was asked for has not arrived here yet"}


def test_every_kind_of_change_arrives(catalog, legacy):
    legacy.execute("UPDATE category SET name = 'Hütten' WHERE code = 'tents'")
    legacy.execute("UPDATE variant SET active = 'Y' WHERE sku = 'P-1-X'")
    legacy.execute("INSERT INTO variant (product_id, sku) VALUES (2, 'P-2-1')")
    legacy.execute("INSERT INTO stock (sku, qty) VALUES ('P-2-1', 4)")
    legacy.execute("DELETE FROM stock WHERE sku = 'P-3-0'")
    legacy.execute("DELETE FROM variant WHERE sku = 'P-3-0'")
    legacy.execute("DELETE FROM product WHERE sku = 'P-3'")
    after = {"Fig-After": str(int(time.time() * 1e6))}
    first = not_before(catalog, "/api/products/P-1", after).json()
    assert first["category"]["name"] == "Hütten"
    assert first["stock"] == 53
    assert [v["stock"] for v in get(catalog, "/api/products/P-2").json()["variants"]] == [0, 4]
    assert get(catalog, "/api/products/P-3").status_code == 404


def test_killed_catalog_and_feed_catch_up(catalog, feed, legacy):
    catalog.kill()
    legacy.execute("UPDATE product SET price = '2.00' WHERE sku = 'P-2'")
    feed.kill()
    legacy.execute("UPDATE stock SET qty = 7 WHERE sku = 'P-2-0'")
    feed.start()
    catalog.start()
    catalog.wait_until_ready()
    eventually("the price", lambda: price(catalog, "P-2") == "2.00")
    eventually("the stock", lambda: get(catalog, "/api/products/P-2").json()["stock"] == 7)


def test_answers_without_feed_and_broker(catalog, feed, nats_server, make_catalog, legacy):
    before = int(get(catalog, "/api/categories").headers["Fig-Watermark"])
    feed.kill()
    catalog.kill()
    second = make_catalog()
    second.wait_until_ready()

    def caught_up() -> bool:  # what is stored of a position may be half a second old
        return int(get(second, "/api/categories").headers["Fig-Watermark"]) >= before

    eventually("as fresh as the first one", caught_up)
    nats_server.kill()
    answer = get(second, "/api/products/P-2")
    assert answer.status_code == 200
    assert int(answer.headers["Fig-Watermark"]) >= before
    assert get(second, "/api/products/P-2", **soon()).headers["Fig-Declined"] == "behind"


def soon() -> dict[str, str]:
    return {"Fig-After": str(int(time.time() * 1e6))}


def test_goods_of_our_own_are_answered_without_the_monolith(catalog_database, make_catalog):
    own = make_catalog(CATALOG_LEGACY_FEED="off")
    own.wait_until_ready()
    answer = get(own, "/api/products", **soon())
    assert (answer.status_code, answer.json()["total"]) == (200, 0)
    assert "Fig-Watermark" not in answer.headers


def test_the_routes_are_documented(make_catalog):
    own = make_catalog(CATALOG_LEGACY_FEED="off")
    own.wait_until_ready()
    paths = get(own, "/openapi.json").json()["paths"]
    names = [each["name"] for each in paths["/api/products"]["get"]["parameters"]]
    assert names == ["q", "category", "sort", "page", "per_page"]


def test_second_instance_follows_and_takes_over(catalog, make_catalog, legacy):
    second = make_catalog()
    second.wait_until_ready()
    legacy.execute("UPDATE product SET price = '3.00' WHERE sku = 'P-2'")
    after = {"Fig-After": str(int(time.time() * 1e6))}
    eventually("fresh", lambda: get(second, "/api/products/P-2", **after).status_code == 200)
    assert price(second, "P-2") == "3.00"
    catalog.kill()
    legacy.execute("UPDATE product SET price = '4.00' WHERE sku = 'P-2'")
    eventually("the price", lambda: price(second, "P-2") == "4.00")


def test_fault_bends_answers_and_nothing_that_is_stored(catalog, make_catalog):
    bent = make_catalog(CATALOG_FAULT="discount-rounding")
    bent.wait_until_ready()
    assert price(bent, "P-1") == "110.45"
    listed = get(bent, "/api/products?sort=-price").json()["products"]
    assert listed[0]["price"] == "110.45"
    assert price(catalog, "P-1") == "110.46"


def test_unknown_fault_is_refused_with_the_names(make_catalog):
    process = make_catalog(CATALOG_FAULT="gremlins")
    assert process.process.wait(20) == 2
    text = process.log.read_text()
    assert "CATALOG_FAULT" in text and "discount-rounding" in text


def test_not_ready_before_the_snapshot(legacy, make_catalog):
    process = make_catalog()
    eventually("its port", lambda: process.readiness()[0] == 503)
    assert "snapshot" in process.readiness()[1]
    answer = get(process, "/api/products/P-1")
    assert (answer.status_code, answer.headers["Fig-Declined"]) == (503, "not-ready")
    assert process.stop() == 0


def test_a_feed_at_rest_is_woken_by_who_waits_for_it(feed, catalog):
    feed.kill()
    feed.environment["FEED_REST_MS"] = "600000"
    feed.start()
    eventually("it rests", lambda: behind(catalog) > 3.0)
    eventually("fresh", lambda: get(catalog, "/api/categories", **soon()).status_code == 200)


def behind(catalog) -> float:
    """Seconds. `/readyz` does not wake the feed, unlike any route that reads."""
    return time.time() - get(catalog, "/readyz").json()["watermark"] / 1e6
