"""The order side as the stack would run it: monolith, feed, inventory, payments, orders."""

# ruff: noqa: F811 - fixtures that several folders use

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from joserfc.jwk import KeySet, OKPKey

from migrations import runner
from tests.rigs.shop.fixtures import (  # noqa: F401
    keys,
    legacy_urls,
    monolith,
    nats,
    new_database,
)
from tests.rigs.shop.ordering import Shop
from tests.rigs.shop.sides import Gunicorn, fed_services


@pytest.fixture(params=["soon", "when all is forgotten"])
def later(request: pytest.FixtureRequest, shop: Shop) -> Callable[[], None]:
    """Called before a test cancels: either nothing, or as much time as every retention has."""
    return shop.forget if request.param != "soon" else lambda: None


@pytest.fixture(scope="module")
def toward_legacy(monolith: Gunicorn) -> str:
    """Where orders finds the monolith: a file may put something in between."""
    return monolith.url


@pytest.fixture(scope="module")
def reverse_role() -> str:
    """URL of the role that writes into the monolith's database what we own; a module that lets the
    orders change hands makes one."""
    return ""


@pytest.fixture(scope="module")
def shop(
    legacy_urls: tuple[str, str],
    monolith: Gunicorn,
    toward_legacy: str,
    nats: Any,
    keys: dict[str, OKPKey],
    new_database: Callable[[str], str],
    reverse_role: str,
    postgres_server: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Shop]:
    """All of it, ready."""
    databases = {name: new_database(name) for name in ("orders", "inventory", "payments")}
    for name, url in databases.items():
        runner.upgrade(name, url)
    folder = tmp_path_factory.mktemp("shop")
    jwks, private = folder / "jwks.json", folder / "session.json"
    jwks.write_text(json.dumps(KeySet([keys["signing"]]).as_dict(private=False)))
    private.write_text(json.dumps(keys["sealing"].as_dict(private=True)))
    reverse = {"legacy_database_url": reverse_role} if reverse_role else {}
    with fed_services(nats.url, folder, legacy_urls) as services:
        payments = services.start("payments", database_url=databases["payments"])
        inventory = services.start("inventory", database_url=databases["inventory"], **reverse)
        services.start(
            "orders",
            database_url=databases["orders"],
            inventory_url=inventory.url,
            payments_url=payments.url,
            legacy_url=toward_legacy,
            identity_keys=str(jwks),
            session_key=str(private),
            **reverse,
        )
        services.wait_until_ready()
        server = postgres_server.url()
        made = Shop(monolith, legacy_urls[0], databases, keys, server, services.processes)
        yield made
        made.connections.close()
