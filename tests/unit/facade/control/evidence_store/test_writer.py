"""What cannot be written of one route costs no other route its evidence, and nobody his life."""

from pathlib import Path

from facade.compare.evidence.evidence import Forced
from facade.control.evidence_store.ledger import EVIDENCE, Ledger
from facade.control.evidence_store.sqlite import FILE, SqliteStore
from facade.control.evidence_store.writer import Journal, Kept
from facade.control.intake.fleet import Fleet
from facade.control.judging.budget import Budget
from facade.control.judging.noise import NoiseLearner


async def test_a_route_that_cannot_be_written(tmp_path: Path) -> None:
    ledger = Ledger()
    store = SqliteStore(tmp_path / FILE)
    noise = NoiseLearner(Budget(0, 0), lambda: None)
    journal = Journal(store, Kept(ledger, Fleet(), noise), "here")
    ledger.of("good", 1.0).total.matched = 7
    bad = ledger.of("bad", 1.0)
    bad.forced = [Forced(1.0, "canary", "half a pair: \ud800", "")]  # no text to be stored
    await journal.flush()
    written = [EVIDENCE.validate_json(content) for content in store.evidence()]
    assert [(one.route, one.total.matched) for one in written] == [("good", 7)]
    bad.forced = []
    ledger.of("bad", 2.0)
    await journal.flush()
    assert len(store.evidence()) == 2
