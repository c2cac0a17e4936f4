"""What must stand when the monolith and the layer that knows it are deleted."""

import subprocess
import sys

import pytest

PROBE = """
import sys

GONE = (
    "legacy_monolith", "new_services.anticorruption", "new_services.feed", "migrations.legacy",
)

class Deleted:
    def find_spec(self, name, path=None, target=None):
        if name.startswith(GONE):
            raise ModuleNotFoundError(f"{{name}} is deleted", name=name)

sys.meta_path.insert(0, Deleted())
{code}
"""
BUILD = """
import asyncio
from prometheus_client import CollectorRegistry
from chassis.process.assembly import Ground
from chassis.readmodel.watermark import NoFeed
from new_services.{name}.app import build
from new_services.{name}.settings import {settings}

told = {settings}(
    database_url="postgresql://u@localhost/db", nats_url="nats://localhost:1",
    listen="127.0.0.1:0", {own})
ground = Ground(
    name="{name}", instance="1", settings=told, nats=None, metrics=CollectorRegistry(), pool=None)
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
    probe = PROBE.format(code=code)
    subprocess.run([sys.executable, "-c", probe], check=True, timeout=60)


@pytest.mark.parametrize("program", ["notifications", "payments"])
def test_the_others_import_nothing_of_it(program: str) -> None:
    probe = PROBE.format(code=f"import new_services.{program}.app")
    subprocess.run([sys.executable, "-c", probe], check=True, timeout=60)


def test_the_program_of_the_laws_and_the_books_imports_nothing_of_it() -> None:
    code = "import new_services.verify.commands, migrations.runner"
    subprocess.run([sys.executable, "-c", PROBE.format(code=code)], check=True, timeout=60)
