"""What stands against a farewell, each with what to do about it."""

from dataclasses import replace

from fig.farewell.checks import MARGIN, MIB, Looked, Room, against
from fig.farewell.sessions import Holder

GOOD = Looked(
    in_file=(), windows={"goods": ("new", "closed")}, size=MIB, archived=False,
    holders=[Holder(1, "legacy", "", "SELECT 1"), Holder(2, "feed", "fig-feed", "")],
    rooms=[Room("/data", MARGIN + MIB, MIB)],
)  # fmt: skip


def test_the_monolith_and_the_migration_do_not_hinder_it() -> None:
    assert against(GOOD) == []
    assert against(replace(GOOD, size=None, archived=True)) == []


def test_all_that_stands_against_it_is_said_at_once() -> None:
    in_file = {"kind": "stage", "about": "a", "words": "'a' is at new", "next": "fig retire a"}
    found = against(
        Looked(
            in_file=[in_file],
            windows={"goods": ("new", "open"), "orders": ("legacy", "open"), "accounts": "away"},
            size=None,
            archived=False,
            unheard={"goods": ["orders", "sales"]},
            holders=[Holder(7, "postgres", "psql", "DELETE\n  FROM product")],
            slots=["theirs"],
            prepared=["x1"],
            missing=["pg_dump"],
            rooms=[Room("/data", MIB, MIB)],
        )
    )
    assert [(one.kind, one.about) for one in found] == [
        ("stage", "a"), ("domain", "goods"), ("domain", "orders"), ("service", "accounts"),
        ("copies", "goods"), ("database", "legacy"), ("session", "7"), ("slot", "theirs"),
        ("prepared", "x1"),
        ("program", "pg_dump"), ("room", "/data"),
    ]  # fmt: skip
    assert [one.remedy for one in found[:3]] == [
        "fig retire a", "fig cutover goods --close", "fig cutover orders",
    ]  # fmt: skip
    assert "pid 7 (psql, role postgres): DELETE FROM product" in found[6].words
    assert found[-1].words == "/data has 1 MiB free, and archive or trial may need 65"
    assert found[-1].plain["next"] == "make room, or name a place by --archive"
