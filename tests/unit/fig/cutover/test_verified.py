"""A verification counts for an hour, under the owner it looked at, and only where it was equal."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from fig.cutover import verified
from fig.cutover.verified import kept, verify
from fig.settings import Home

ROWS = {"service": "orders", "entity": "line", "differences": [{"key": "7", "kind": "missing"}] * 2}
ROW = "orders line 7: missing"
HOLDS = {"law": "x", "database": "books", "broken": []}
LAW = {"law": "stock is the sum", "database": "legacy",
       "broken": [{"key": "TENT", "expected": "3", "found": "4"}]}  # fmt: skip
SUM = "legacy: stock is the sum: TENT: expected 3, found 4"


class Found:
    """A stack with one process."""

    def process(self, name: str) -> object | None:
        return name if name == "catalog" else None


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "run").mkdir()
    return Home(tmp_path)


def run(home: Home, monkeypatch: pytest.MonkeyPatch, code: int, said: str) -> verified.Verified:
    called: list[Any] = []

    def played(program: list[str], **_: Any) -> SimpleNamespace:
        called.extend(program)
        return SimpleNamespace(returncode=code, stdout=said, stderr="no: away")

    monkeypatch.setattr(verified.subprocess, "run", played)
    monkeypatch.setattr(verified.access, "verification", lambda *_: {})
    monkeypatch.setattr(verified.time, "time", lambda: 1000.0)
    done = verify(home, Found(), "goods", ("catalog", "sales", "books"), 3)  # type: ignore[arg-type]
    assert called[-4:] == ["verify", "catalog", "books", "--json"]
    return done


def test_one_that_was_equal_is_kept(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    done = run(home, monkeypatch, 0, json.dumps({"differences": 0}))
    assert done.equal
    assert kept(home, "goods", 3, 1000.0) == done
    assert kept(home, "goods", 3, 1000.0 + 3599) == done
    assert kept(home, "goods", 3, 1000.0 + 3600) is None
    assert kept(home, "goods", 4, 1000.0) is None  # another owner
    assert kept(home, "orders", 3, 1000.0) is None


@pytest.mark.parametrize(
    ("code", "said", "words"),
    [
        (1, json.dumps({"differences": 3}), "3 differences"),
        (1, json.dumps({"differences": 2, "entities": [ROWS]}), f"2 differences, such as {ROW}"),
        (1, json.dumps({"differences": 1, "laws": [HOLDS, LAW]}), f"1 differences, such as {SUM}"),
        (2, "", "no: away"),
        (2, json.dumps({"ok": None, "error": "catalog is 16 s behind"}), "catalog is 16 s behind"),
    ],
)
def test_one_that_was_not_is_made_again(
    home: Home, monkeypatch: pytest.MonkeyPatch, code: int, said: str, words: str
) -> None:
    done = run(home, monkeypatch, code, said)
    assert (done.equal, done.words) == (False, words)
    assert kept(home, "goods", 3, 1000.0) is None


def test_what_is_damaged_counts_for_nothing(home: Home) -> None:
    (home.folder / "run" / "verified-goods.json").write_text('{"at": "x"}')
    assert kept(home, "goods", 3, 1000.0) is None
