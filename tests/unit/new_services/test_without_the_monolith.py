"""What must stand when the monolith and the layer that knows it are deleted."""

import pytest

from tests.rigs import deleted

BUILD = """
import asyncio
from prometheus_client import CollectorRegistry
from chassis.process.assembly import Ground
from chassis.readmodel.watermark import NoFeed
from new_services.{name}.app import build
from new_services.{name}.settings import {settings}

made = {settings}(
    database_url="postgresql://u@localhost/db", nats_url="nats://localhost:1",
    listen="127.0.0.1:0", {own})
ground = Ground(
    name="{name}", instance="1", settings=made, nats=None, metrics=CollectorRegistry(), pool=None)
parts = asyncio.run(build(ground))
assert isinstance(parts.watermark, NoFeed), parts.watermark
assert asyncio.run(parts.ready()) is None
"""
KEYS = 'identity_keys="keys.json", '
PARTNERS = 'inventory_url="http://localhost:1", payments_url="http://localhost:1", '


@pytest.mark.parametrize(
    ("name", "settings", "own"),
    [
        ("accounts", "AccountsSettings", 'secret_key="k" * 32, '),
        ("catalog", "CatalogSettings", ""),
        ("inventory", "InventorySettings", ""),
        ("orders", "OrdersSettings", KEYS + PARTNERS),
        ("sales", "SalesSettings", ""),
    ],
)
def test_a_service_with_a_read_model_is_put_together(name: str, settings: str, own: str) -> None:
    code = BUILD.format(name=name, settings=settings, own=own + "legacy_feed=False")
    _runs(code)


@pytest.mark.parametrize("program", ["notifications", "payments"])
def test_the_others_import_nothing_of_it(program: str) -> None:
    _runs(f"import new_services.{program}.app")


def test_the_program_of_the_laws_and_the_books_imports_nothing_of_it() -> None:
    _runs("import new_services.verify.commands, migrations.runner")


def test_it_would_be_seen() -> None:
    said = deleted.run("import new_services.anticorruption.tables")
    assert said.returncode == 1
    assert "new_services.anticorruption is deleted" in said.stderr


def _runs(code: str) -> None:
    said = deleted.run(code)
    assert said.returncode == 0, said.stderr
