"""No service may be forgotten in the import rule that keeps them apart."""

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
# What several of them use, and programs beside them: two that know the monolith, and the seed.
SHARED = {"anticorruption", "feed", "seed", "verify"}


@pytest.mark.legacy
def test_every_service_is_named_in_the_import_rule() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (rule,) = [
        one for one in project["tool"]["importlinter"]["contracts"] if one["type"] == "independence"
    ]
    rooms = {path.parent.name for path in (ROOT / "new_services").glob("*/__init__.py")}
    assert set(rule["modules"]) == {f"new_services.{room}" for room in rooms - SHARED}
