"""The files that a running shop gives to `fig retire`."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from fig.retire import files, sessions
from fig.settings import Home
from fig.supervise.state import StackState

LOGS = {
    "postgres.log": "2026-01-01 00:00:00.000 UTC [1] LOG:  starting PostgreSQL 18\n",
    "legacy.log": "[2026-01-01 00:00:02 +0000] [7] [INFO] past the facade: ::1 (cron): GET /a\n",
}


def test_each_log_is_a_source_with_its_beginning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path)
    home.logs.mkdir()
    (tmp_path / "run").mkdir()
    for name, text in LOGS.items():
        (home.logs / name).write_text(text)
    now = sessions.Login("ann", "psql", 1_800_000_000.0)
    monkeypatch.setattr(files, "place", lambda *_: SimpleNamespace())
    monkeypatch.setattr(files, "database_url", lambda *_: "")
    monkeypatch.setattr(sessions, "open_now", lambda _url: [now])
    written = files.write(home, cast(StackState, None))
    documents: list[dict[str, Any]] = [json.loads(Path(path).read_text()) for path in written]
    assert [one["source"] for one in documents] == [
        "the log of PostgreSQL",
        "the log of the monolith",
    ]
    assert [one["since"] for one in documents] == [1767225600.0, 1767225602.0]
    names = [[need["name"] for need in one["needs"]] for one in documents]
    assert names == [["psql, as role ann"], ["::1 (cron)"]]
