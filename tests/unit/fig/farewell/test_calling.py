"""The order of the steps, and what a damaged archive undoes; on a real server they are tried in
tests/integration/fig/test_farewell_steps.py.
"""

from pathlib import Path

import psycopg
import pytest

from fig.errors import FigError
from fig.farewell import archive, calling
from fig.farewell.archive import Damaged, Server
from fig.farewell.calling import Farewell, InDatabase
from fig.farewell.record import Record
from fig.farewell.steps import Step
from fig.settings import Home
from fig.supervise.state import StackState


@pytest.fixture
def inside(tmp_path: Path) -> InDatabase:
    record = Record(tmp_path / "farewell.json")
    record.note("archive", {"path": "/a.dump", "sha256": "ab", "rows": 5, "tables": 2})
    record.note("trial", {})
    return InDatabase(Server("", tmp_path), "legacy", tmp_path / "a.dump", record)


@pytest.fixture
def steps(inside: InDatabase, tmp_path: Path) -> dict[str, Step]:
    found = StackState(0, 0, 0.0, True, {}, {}, {}, "routes.yaml")
    return {one.name: one for one in Farewell(Home(tmp_path), found, inside).steps()}


def test_nothing_is_dropped_before_the_archive_was_tried(steps: dict[str, Step]) -> None:
    assert [*steps] == [
        "routes", "stop", "shut", "archive", "trial", "slots", "database", "roles",
        "bus", "journal",
    ]  # fmt: skip


@pytest.mark.parametrize("step", ["trial", "slots", "database"])
def test_a_damaged_archive_has_to_be_made_again(
    steps: dict[str, Step], inside: InDatabase, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def damaged(path: Path, sha256: str) -> None:
        raise Damaged(f"{path} {sha256} is not it")

    monkeypatch.setattr(archive, "checked", damaged)
    with pytest.raises(FigError, match=r"^/a\.dump ab is not it\. The database was not dropped"):
        steps[step].act()
    assert [inside.record.done(name) for name in ("archive", "trial")] == [None, None]


def test_what_postgresql_says_is_an_error_with_a_way_on(
    steps: dict[str, Step], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: Server) -> None:
        raise psycopg.OperationalError("the server is starting up\nmore")

    monkeypatch.setattr(calling, "connected", away)
    with pytest.raises(FigError, match="step 'roles': PostgreSQL says the server is starting up;"):
        steps["roles"].act()


def test_the_journal_hears_of_the_archive(
    steps: dict[str, Step], monkeypatch: pytest.MonkeyPatch
) -> None:
    entered: list[str] = []
    monkeypatch.setattr(calling.leaving, "enter", lambda _, why: entered.append(why))
    steps["journal"].act()
    assert "archive /a.dump, SHA-256 ab, 5 rows in 2 tables" in entered[0]
