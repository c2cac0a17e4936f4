"""Each check fails for its own reason, with what to do next; notes stop nothing."""

from dataclasses import replace
from typing import Any

import pytest

from fig.cutover.checks import Check, Looked, judge, judge_closing
from fig.cutover.routefile import InFile
from fig.cutover.verified import Verified
from fig.cutover.writers import Writers
from tests.rigs.ownership.cutover import standing


def route(name: str, stage: str = "new", *, writes: bool = False) -> dict[str, Any]:
    return {"name": name, "stage": stage, "writes": writes}


def counted(name: str, upper: float = 0.001, sample: float = 100.0) -> dict[str, Any]:
    compare = {"compared": 3000, "mismatched": 0, "upper_bound": upper}
    requests = {"legacy": 7, "new": 1000}
    return {"name": name, "sample": sample, "compare": compare, "requests": requests}


TABLES = ({"name": "product", "works": True}, {"name": "variant", "works": True})
ROUTES = (route("list"), route("save", writes=True))
GOOD = Looked(
    domain="goods",
    toward="new",
    standing=standing(),
    in_file=InFile("legacy", "open", ROUTES),
    facade={
        "routes": [counted("list"), counted("save", 1.0), counted("other", 1.0)],
        "unmatched": {"shapes": [
            {"method": "POST", "shape": "/admin/import", "requests": 4},
            {"method": "GET", "shape": "/x", "requests": 9},
        ]},
    },
    bound=0.01,
    writers=Writers(
        tables=TABLES,
        sessions=({"role": "legacy", "program": "gunicorn", "sessions": 3},),
        roles=(
            {"role": "legacy", "superuser": False, "owner": True},
            {"role": "postgres", "superuser": True, "owner": True},
            {"role": "cron", "superuser": False, "owner": False},
        ),
    ),
    verified=Verified(0.0, 1, 0),
)  # fmt: skip


def failing(looked: Looked) -> list[Check]:
    return [one for one in judge(looked) if one.good is False]


def test_all_is_well_and_who_writes_is_named() -> None:
    found = judge(GOOD)
    assert failing(GOOD) == []
    notes = {one.name: one.words for one in found if one.good is None}
    assert notes == {
        "writing routes": "save 1,007",
        "of no route": "legacy gets POST /admin/import 4",
        "sessions": "legacy gunicorn x 3",
        "may write": "legacy (owner: may drop the fence), postgres (superuser: may drop the fence)"
        ", cron",
    }


LONG = {
    "pid": 17, "role": "legacy", "program": "psql", "state": "idle in transaction",
    "query": "UPDATE\n product SET price = 1", "seconds": 61.0, "tables": "product",
}  # fmt: skip
PREPARED = {"gid": "x1", "role": "cron", "seconds": 3600.0}


@pytest.mark.parametrize(
    ("change", "name", "words", "then"),
    [
        (
            {"in_file": InFile("legacy", "open", (*ROUTES, route("page", "canary")))},
            "routes at new", "not yet: page (canary)", "fig migrate page",
        ),
        (
            {"facade": {"routes": [counted("list", 0.02)], "unmatched": {"shapes": []}}},
            "comparison", "list: 3,000 pairs, 0 differ: at most 2.00% wrong", "--bound",
        ),
        ({"parked": ("s1", "s2")}, "sagas", "2 are parked: s1, s2", "fig saga s1"),
        (
            {"standing": standing(reverse={"ready": False, "trouble": "no role reverse"})},
            "reverse feed", "no role reverse", "fig logs",
        ),
        (
            {"standing": standing(fence={"owner": "legacy", "trouble": "away"})},
            "fence", "away", "fig status",
        ),
        ({"writers": Writers()}, "fence", "not installed for 'goods'", "migrations"),
        (
            {"writers": Writers(({"name": "product", "works": False},))},
            "fence", "off at product", "migrations",
        ),
        (
            {"writers": Writers(TABLES, long=(LONG,))},
            "transactions",
            "pid 17 (legacy, psql, idle in transaction) has held product for 61 s: UPDATE product",
            "pg_terminate_backend(17)",
        ),
        (
            {"writers": Writers(TABLES, prepared=(PREPARED,))},
            "transactions", "prepared transaction 'x1' of cron, 3600 s old", "ROLLBACK PREPARED",
        ),
        ({"verified": Verified(0.0, 1, 1, "3 differences")}, "verified", "3 differences", "repair"),
        ({"verified": Verified(0.0, 1, 2, "behind")}, "verified", "no verdict: behind", "again"),
        ({"verified": None}, "verified", "not verified", "fig verify"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)  # fmt: skip
def test_what_stands_against_it(change: dict[str, Any], name: str, words: str, then: str) -> None:
    (found,) = failing(replace(GOOD, **change))
    assert found.name == name
    assert words in found.words
    assert then in found.then


def test_the_way_back_asks_for_an_open_window_and_no_evidence() -> None:
    back = replace(GOOD, toward="legacy", verified=None, bound=0.0)
    assert [one.name for one in failing(back)] == ["window"]
    owned = standing(owner="new", window="open", fence={"owner": "new", "trouble": ""})
    assert failing(replace(back, standing=owned)) == []


def test_the_window_is_closed_once_legacy_has_everything() -> None:
    owned = standing(owner="new", window="open")
    assert [one for one in judge_closing(replace(GOOD, standing=owned)) if not one.good] == []
    behind = standing(owner="new", window="open", reverse={"ready": True, "pending": 5})
    (found,) = (one for one in judge_closing(replace(GOOD, standing=behind)) if not one.good)
    assert "5 rows are on their way" in found.words


def test_the_window_of_the_accounts_may_end_as_any() -> None:
    looked = replace(GOOD, domain="accounts", standing=standing(owner="new", window="open"))
    assert all(one.good for one in judge_closing(looked))
