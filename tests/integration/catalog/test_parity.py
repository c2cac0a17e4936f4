"""Both sides answer every product question with the same bytes: the proof of the projection.

The goods are drawn at random from the habits of ten years, then changed at random, and both sides
are asked the same questions: every product, every list, and query strings nobody should send.
"""

import random
import time
from urllib.parse import quote

import httpx2
import psycopg
import pytest

from legacy_monolith.app import create_app
from legacy_monolith.seed.store import seed
from legacy_monolith.settings import Settings
from tests.integration.facade.conftest import eventually

pytestmark = pytest.mark.integration

NAMES = ["Zelt", "zelt", "Äxte", "Straße", "Ωmega", "Tent 100%", "a_b", "İstanbul", "🏔 Pack", "É"]
WORDS = ["dry", "Über", "50%", "x_y", "back\\slash", "ΣΊΣΥΦΟΣ", "ẞ", "light"]
PRICES = ["129.95", "49", "49.9", "0.00", "0.05", "19.99", " 7.50", "1234.565", "99.99"]
DISCOUNTS = [None, "", "0", "15", " 15", "7.5", "33", "100"]
TAGS = ["", "sale", "hiking, waterproof,sale", ",a,, b ,", "Ünder, 50%"]
CODES = ["shoes", "boots", "tents", "odd", "Shoes"]


def fill(url: str, chooser: random.Random, count: int) -> None:
    with psycopg.connect(url) as connection:
        for number, code in enumerate(CODES):
            parent = "shoes" if code in ("boots", "odd") else None
            connection.execute(
                "INSERT INTO category VALUES (%s, %s, %s, %s)",
                [code, f"Name {code}", parent, number % 3],
            )
        for number in range(count):
            add_product(connection, chooser, f"P{number:03}")


def add_product(connection: psycopg.Connection, chooser: random.Random, sku: str) -> None:
    row = connection.execute(
        "INSERT INTO product (sku, name, descr, cat_code, price, disc_pct, colour, tags, active,"
        " discontinued, weight_g, img, created) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s,"
        " %s, %s, timestamp '2020-01-01' + %s * interval '1 second') RETURNING id",
        [
            sku,
            chooser.choice(NAMES) + chooser.choice(["", " " + chooser.choice(WORDS)]),
            " ".join(chooser.choices(WORDS, k=chooser.randrange(4))),
            chooser.choice(CODES),
            chooser.choice(PRICES),
            chooser.choice(DISCOUNTS),
            chooser.choice(["", "grün"]),
            chooser.choice(TAGS),
            chooser.choice("YYYYN"),
            chooser.choice("NNNY"),
            chooser.choice([None, 0, 5, 999, 1250]),
            chooser.choice(["", "a.svg"]),
            chooser.randrange(20) * 0.5,
        ],
    ).fetchone()
    assert row is not None
    for number in range(chooser.randrange(1, 4)):
        add_variant(connection, chooser, row[0], f"{sku}-{number}")


def add_variant(
    connection: psycopg.Connection, chooser: random.Random, product: int, sku: str
) -> None:
    connection.execute(
        "INSERT INTO variant (product_id, sku, color, size, price_diff, active)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        [product, sku, "rot", "XL", chooser.choice(["0.00", "5", "-1.005"]), chooser.choice("YYN")],
    )
    if chooser.random() < 0.9:
        quantity = chooser.choice([0, 0, 1, 2, 3, 4, 50])
        connection.execute("INSERT INTO stock (sku, qty) VALUES (%s, %s)", [sku, quantity])


def change(url: str, chooser: random.Random, count: int) -> None:
    """Random edits, as the shop's admin pages and orders make them, some undone."""
    statements = [
        ("UPDATE product SET price = %s WHERE sku = %s", PRICES),
        ("UPDATE product SET disc_pct = %s WHERE sku = %s", DISCOUNTS),
        ("UPDATE product SET name = %s WHERE sku = %s", NAMES),
        ("UPDATE product SET active = %s WHERE sku = %s", ["Y", "N"]),
        ("UPDATE product SET cat_code = %s WHERE sku = %s", CODES),
        ("UPDATE stock SET qty = %s WHERE sku LIKE %s || '-%%'", [0, 1, 9]),
        ("UPDATE variant SET active = %s WHERE sku LIKE %s || '-%%'", ["Y", "N"]),
        ("UPDATE category SET name = %s WHERE code <> %s", NAMES),
        ("UPDATE category SET parent_code = %s WHERE code = 'tents' AND code <> %s", [None, "odd"]),
    ]
    with psycopg.connect(url) as connection:
        for number in range(count):
            statement, values = chooser.choice(statements)
            connection.execute(statement, [chooser.choice(values), f"P{chooser.randrange(120):03}"])
            if chooser.random() < 0.2:
                add_product(connection, chooser, f"N{number:03}")
            if chooser.random() < 0.1:
                connection.rollback()
            elif chooser.random() < 0.5:
                connection.commit()


def questions(skus: list[str]) -> list[str]:
    """Every product, every list, and what nobody should send."""
    asked = [f"/api/products/{quote(sku)}" for sku in skus]
    asked += ["/api/products/p001", "/api/products/NO", "/api/products/%C3%9F", "/api/products/%00"]
    asked += ["/api/products/a/b", "/api/products/a%2Fb", "/api/products/%FF", "/api/categories"]
    searches = [quote(word) for word in (*NAMES, *WORDS)] + ["hiking,", "e%20l", "%25", "_", "%5C"]
    asked += [f"/api/products?q={word}" for word in searches]
    for sort in ("", "name", "price", "-price", "newest", "NEWEST", "%2Dprice"):
        asked += [f"/api/products?sort={sort}&per_page=100&page={page}" for page in (1, 2)]
    asked += [f"/api/products?category={code}&sort=price" for code in (*CODES, "nope", "shoes%00")]
    asked += [
        f"/api/products?{query}"
        for query in (
            "page=0",
            "page=-1",
            "page=two",
            "page=2.0",
            "page=+2",
            "page=%202",
            "page=%2B2",
            "page=1_0",
            "page=%D9%A2",
            "page=99999999999999999999999",
            "page=" + "9" * 5000,
            "page=3&page=1",
            "per_page=0",
            "per_page=101",
            "per_page=1000000",
            "per_page=7&page=3",
            "per_page=",
            "q=&category=&sort=",
            "q=+++",
            "q=%00",
            "q=zelt%00dry",
            "q=zelt&q=dry",
            "q=%FF%FE",
            "q=\u00fcber",
            "q=zelt;sort=price",
            "q=zelt&&sort=price&",
            "q",
            "Q=zelt",
            "category=nope&page=4&per_page=3",
            "category=tents&q=nothing-has-this",
            "q=" + "+".join("abcdefghij"),
            "q=%E2%80%83zelt%C2%A0dry",
        )
    ]
    return asked


def test_both_sides_answer_the_same_bytes(legacy, feed, make_catalog):
    chooser = random.Random(20)
    fill(legacy.owner, chooser, 120)
    catalog = make_catalog()
    catalog.wait_until_ready()
    settings = Settings(database_url=legacy.owner, secret_key="k" * 32)
    monolith = create_app(settings).test_client()
    compare(legacy, monolith, catalog)
    change(legacy.owner, chooser, 200)
    compare(legacy, monolith, catalog)


def test_the_seeded_shop_is_the_same_on_both_sides(legacy, feed, make_catalog):
    seed(legacy.owner, 1, lambda text: None)
    catalog = make_catalog()
    catalog.wait_until_ready()
    settings = Settings(database_url=legacy.owner, secret_key="k" * 32)
    monolith = create_app(settings).test_client()
    compare(legacy, monolith, catalog)
    with psycopg.connect(legacy.owner) as connection:
        codes = [row[0] for row in connection.execute("SELECT code FROM category")]
    asked = [
        f"/api/products?per_page=100&page={page}&sort={sort}"
        for page in range(1, 22)
        for sort in ("name", "price", "newest")
    ]
    asked += [f"/api/products?category={code}" for code in codes]
    asked += ["/api/products?q=jacket+blue", "/api/products?q=%C3%BC&sort=-price"]
    same_answers(monolith, catalog, asked)


def compare(legacy, monolith, catalog) -> None:
    """Ask both; the new side must have applied what is committed by now."""
    with psycopg.connect(legacy.owner) as connection:
        skus = [row[0] for row in connection.execute("SELECT sku FROM product ORDER BY id")]
    same_answers(monolith, catalog, questions(skus))


def same_answers(monolith, catalog, asked: list[str]) -> None:
    """The bytes, the status and the content type."""
    after = {"Fig-After": str(int(time.time() * 1e6))}
    with httpx2.Client(base_url=catalog.url, headers=after, timeout=30) as client:
        # A request waits for a moment, and declines: on a busy machine the feed may take longer.
        eventually("all has arrived", lambda: client.get(asked[0]).status_code != 503, 30)
        for path in asked:
            control, candidate = monolith.get(path), client.get(path)
            shown = {"status": control.status_code, "body": control.data}
            assert {"status": candidate.status_code, "body": candidate.content} == shown, path
            assert candidate.headers["content-type"] == control.headers["content-type"], path
