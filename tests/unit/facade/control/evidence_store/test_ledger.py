"""Evidence in memory and in its file."""

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from facade.compare.verdict import Outcome, Verdict
from facade.control.evidence_store import sqlite as stores
from facade.control.evidence_store.ledger import EVIDENCE, Ledger
from facade.control.evidence_store.sqlite import Batch, SqliteStore, StoreAway
from facade.control.evidence_store.writer import Journal, Kept
from facade.control.intake.fleet import Fleet
from facade.control.judging.budget import Budget
from facade.control.judging.noise import NoiseLearner

Build = Callable[..., Any]
MATCHED = Verdict(Outcome.MATCHED)


def journal(path: Path, channel: str = "a") -> tuple[Journal, Ledger, Fleet, SqliteStore]:
    ledger, fleet, store = Ledger(), Fleet(), SqliteStore(path)
    noise = NoiseLearner(Budget(0, 0), lambda: None)
    found = Journal(store, Kept(ledger, fleet, noise), channel)
    found.restore()
    return found, ledger, fleet, store


def test_asked_adds_up_and_sheds_by_cause() -> None:
    ledger = Ledger()
    ledger.asked("r", {"dispatched": 3, "completed": 2, "shed": {"size": 1}}, 1.0)
    ledger.asked("r", {"dispatched": 1, "completed": 1, "shed": {"size": 0, "lag": 4}}, 2.0)
    ledger.asked("quiet", {"dispatched": 0, "shed": {"size": 0}}, 2.0)
    asked = ledger.routes["r"].asked
    assert (asked.dispatched, asked.completed, asked.shed) == (4, 3, {"size": 1, "lag": 4})
    assert "quiet" not in ledger.routes


def test_reset_of_one_route_leaves_the_others(pair: Build) -> None:
    ledger = Ledger()
    ledger.judged(pair(route="a"), MATCHED)
    ledger.judged(pair(route="b"), MATCHED)
    assert ledger.reset("a", 50.0) == ["a"]
    assert (ledger.routes["a"].total.matched, ledger.routes["b"].total.matched) == (0, 1)
    ledger.judged(pair(route="a", started=49.0), MATCHED)  # asked before the reset
    assert ledger.routes["a"].total.matched == 0
    ((name, at, content),) = ledger.closed
    assert (name, at, EVIDENCE.validate_json(content).total.matched) == ("a", 50.0, 1)


async def test_everything_comes_back(tmp_path: Path, pair: Build, counters: Build) -> None:
    writer, ledger, fleet, _ = journal(tmp_path / "e.sqlite")
    ledger.judged(pair(), MATCHED)
    worker = fleet.hello({"worker": 0, "pid": 7, "started": 1.5}, 2.0)
    for route, growth in fleet.take(worker, counters(4, {"dispatched": 9}), 3.0).items():
        ledger.asked(route, growth, 3.0)
    await writer.flush()
    _, ledger, fleet, _ = journal(tmp_path / "e.sqlite")
    assert ledger.routes["r"].total.matched == 1
    assert fleet.total()["routes"]["r"]["requests"]["legacy"] == 4
    assert fleet.living() == []
    again = fleet.hello({"worker": 0, "pid": 7, "started": 1.5}, 4.0)
    growth = fleet.take(again, counters(5, {"dispatched": 11}), 5.0)
    assert growth["r"]["dispatched"] == 2  # not counted twice
    # another facade's workers are not ours
    _, ledger, fleet, _ = journal(tmp_path / "e.sqlite", channel="b")
    assert fleet.workers == {}
    assert ledger.routes["r"].asked.dispatched == 9


async def test_only_what_changed_is_written(tmp_path: Path, pair: Build) -> None:
    writer, ledger, _, store = journal(tmp_path / "e.sqlite")
    written: list[Batch] = []
    store.write = written.append  # type: ignore[method-assign]
    ledger.judged(pair(), MATCHED)
    await writer.flush()
    await writer.flush()
    assert [len(batch.evidence) for batch in written] == [1, 0]


async def test_a_full_disk_loses_nothing(
    tmp_path: Path, pair: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer, ledger, _, store = journal(tmp_path / "e.sqlite")

    def full(_batch: Batch) -> None:
        raise StoreAway("database or disk is full")

    ledger.judged(pair(), MATCHED)
    ledger.reset(None, 2.0)
    with monkeypatch.context() as patch:
        patch.setattr(store, "write", full)
        await writer.flush()
    await writer.flush()
    assert len(store.history("r")) == 1
    assert len(store.evidence()) == 1


def test_a_damaged_file_is_put_aside(tmp_path: Path) -> None:
    path = tmp_path / "e.sqlite"
    path.write_bytes(b"this is no database" * 100)
    store = SqliteStore(path)
    assert store.evidence() == []
    (kept,) = tmp_path.glob("e.sqlite.broken-*")
    assert kept.read_bytes().startswith(b"this is no database")


def test_a_file_of_another_version_is_put_aside(tmp_path: Path) -> None:
    path = tmp_path / "e.sqlite"
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    SqliteStore(path)
    assert len(list(tmp_path.glob("e.sqlite.broken-*"))) == 1


def test_history_is_bounded(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "e.sqlite")
    for number in range(stores.HISTORY + 5):
        store.write(Batch(closed=[("r", float(number), b"%d" % number)]))
    kept = store.history("r")
    assert len(kept) == stores.HISTORY
    assert kept[0] == b"%d" % (stores.HISTORY + 4)


async def test_the_last_second_is_written_at_the_end(tmp_path: Path, pair: Build) -> None:
    writer, ledger, _, store = journal(tmp_path / "e.sqlite")
    task = asyncio.create_task(writer.run())
    await asyncio.sleep(0)
    ledger.judged(pair(), MATCHED)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert len(store.evidence()) == 1
