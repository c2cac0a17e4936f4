"""The tree without the monolith: what is left out of the copy, and what remains."""

from collections.abc import Mapping
from functools import cache

from tests.rigs.alone import needing
from tests.unit.house.test_what_stays import GOES

NAMES = needing.files(needing.ROOT)
DELETED = needing.deleted(NAMES)


@cache
def left_out() -> Mapping[str, str]:
    """The tests that need what goes: reads all of them, so not before a test asks."""
    return needing.needing(needing.ROOT, NAMES)


def test_what_goes_is_what_the_rule_of_the_house_says() -> None:
    assert needing.GOES == GOES


def test_all_of_a_package_goes_its_templates_too() -> None:
    assert {"legacy_monolith/static/favicon.svg", "fig/stack/legacy_side.py"} <= DELETED
    assert not [name for name in DELETED if name.startswith(("tests/", "docs/"))]


def test_tests_of_what_goes_are_left_out_and_those_of_what_stays_remain() -> None:
    found = left_out()
    assert "tests/integration/feed/test_feed.py" in found, "its conftest starts the feed"
    assert found["tests/unit/new_services/accounts/test_passwords.py"].startswith("uses legacy_")
    assert found["tests/unit/fig/stack/test_stack.py"] == "is marked"
    assert "tests/unit/fig/stack/test_ended.py" not in found
    assert "tests/integration/payments/test_payments.py" not in found
    tests = [name for name in NAMES if name.startswith("tests/unit/") and "/test_" in name]
    assert len([name for name in tests if name not in found]) > 0.85 * len(tests)


def test_a_source_is_left_out_only_where_it_goes() -> None:
    assert {name.partition("/")[0] for name in left_out()} <= {"tests", "loadtests"}
