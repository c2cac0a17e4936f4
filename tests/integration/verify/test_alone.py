"""Where there is no monolith any more, the laws of each service are checked without it."""

import json
import os
from typing import Any

import pytest

from new_services.verify.services import SERVICES
from tests.rigs import deleted

pytestmark = pytest.mark.integration

PROGRAM = "from new_services.verify.__main__ import main\nmain()"


def checked(shop: Any, *arguments: str) -> tuple[int, Any]:
    """Exit code, and what the program answers; it cannot import what knows the monolith."""
    urls = {f"VERIFY_{each.name.upper()}_URL": shop.urls[each.name] for each in SERVICES}
    said = deleted.run(PROGRAM, "verify", "--json", *arguments, env=os.environ | urls)
    assert said.stdout, said.stderr
    return said.returncode, json.loads(said.stdout)


def test_every_law_of_the_services_holds_without_it(shop: Any) -> None:
    code, found = checked(shop, "--alone", "--deep")
    assert (code, found["ok"], found["alone"]) == (0, True, True)
    assert found["entities"] == [], "no row was compared, and none is said to be equal"
    assert {law["database"] for law in found["laws"]} == {each.name for each in SERVICES}


def test_a_law_that_is_broken_is_named(shop: Any) -> None:
    shop.execute("inventory", "UPDATE level SET quantity = quantity + 1 WHERE sku = 'P-1-0'")
    code, found = checked(shop, "--alone", "inventory")
    (broken,) = [law for law in found["laws"] if law["broken"]]
    assert (code, [one["key"] for one in broken["broken"]]) == (1, ["P-1-0"])


def test_nobody_is_left_in_doubt_whether_rows_were_compared(shop: Any) -> None:
    code, found = checked(shop)
    assert (code, found["ok"]) == (2, None)
    assert "VERIFY_LEGACY_URL is not set" in found["error"]
