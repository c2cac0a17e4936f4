"""The page for users and the shop's own file say what the code does."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from facade.routes.file.reading import load, load_path
from facade.routes.file.schema import schema
from facade.routes.stages import Stage

ROOT = Path(__file__).parents[5]
PAGE = (ROOT / "docs" / "route-file.md").read_text("utf-8")


def test_the_shops_file_is_good_and_starts_at_legacy() -> None:
    loaded = load_path(ROOT / "routes.yaml")
    assert loaded.warning_lines == []
    begun = {route.name for route in loaded.file.routes if route.stage is not Stage.LEGACY}
    pages = {"order-request-page", "order-request-cancel-page"}
    assert begun == {"order-request", "cancel-order-request", *pages}, "what legacy never had"
    moving: dict[str | None, set[str]] = {}
    for route in loaded.file.routes:
        moving.setdefault(route.new, set()).add(route.name)
    orders = {
        "place-order",
        "cancel-order",
        "order-list",
        "order-detail",
        "order-request",
        "cancel-order-request",
    }
    assert moving.pop("orders") == orders
    assert moving.pop("inventory") == {"stock"}
    assert moving.pop("catalog") == {"product-detail", "product-list", "category-list"}
    assert moving.pop("storefront") >= {"home-page", "cart-change", "order-page", "sales-csv"}
    assert moving.pop("accounts") == {"login", "logout", "me"}
    assert set(moving) == {None}


def test_a_customer_who_orders_reads_on_the_same_side() -> None:
    routes = {route.name: route for route in load_path(ROOT / "routes.yaml").file.routes}
    kin = [routes[name] for name in ("place-order", "cancel-order", "order-list", "order-detail")]
    assert len({(route.seed, route.key) for route in kin}) == 1
    assert routes["place-order"].needs == routes["cancel-order"].needs == ("session",)
    assert routes["checkout-order"].needs == routes["order-cancel-page"].needs == ("session",)


def test_what_a_person_does_in_a_row_on_pages_is_done_on_one_side() -> None:
    routes = load_path(ROOT / "routes.yaml").file.routes
    pages = [each for each in routes if each.new == "storefront" and each.stage is Stage.LEGACY]
    assert len(pages) > 20 and {route.seed for route in pages} == {"pages"}
    assert len({route.key for route in pages}) == 1


def test_the_session_reaches_accounts_and_storefront_alone() -> None:
    file = load_path(ROOT / "routes.yaml").file
    kept = {name for name, one in file.upstreams.items() if one.session_cookie == "keep"}
    assert kept == {"accounts", "storefront"}


def test_every_login_is_limited_and_ends_what_was_known() -> None:
    file = load_path(ROOT / "routes.yaml").file
    limited = {route.name for route in file.routes if route.attempts is not None}
    assert limited == {"login", "login-form"}
    assert file.facade.identity is not None
    assert limited <= set(file.facade.identity.forget_on)


def test_the_example_of_the_page_is_good() -> None:
    example = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert example
    assert load(example[1].encode()).file.routes[0].percent == 2500


def test_the_page_names_every_key() -> None:
    missing = {key for key in _keys(schema()) if not re.search(rf"\b{key}\b", PAGE)}
    assert missing == set()


def _keys(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from node.get("properties", {})
        for value in node.values():
            yield from _keys(value)
    elif isinstance(node, list):
        for item in node:
            yield from _keys(item)
