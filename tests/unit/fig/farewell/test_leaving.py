"""The route file is left by the facade's own command; processes end by the supervisor's hand."""

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from fig.errors import FigError
from fig.farewell import leaving
from fig.settings import Home
from fig.stack import ended
from fig.supervise.spool import Answer, Relist, Spool
from fig.supervise.state import StackState

FILE = """\
upstreams: {legacy: {url: 'http://h:1'}, shop: {service: shop}}
domains: {goods: {owner: new, window: closed}}
routes:
  - {name: save, match: "POST /goods", new: shop, stage: STAGE, domain: goods}
"""


def state(routes: Path, pid: int = 0) -> StackState:
    urls = {"admin": "http://127.0.0.1:1"}  # nobody answers there
    return StackState(pid, 0, 0.0, True, {}, {}, urls, str(routes))


@pytest.mark.parametrize("stage", ["new", "retired"])
def test_the_route_file_is_left_once_nothing_in_it_needs_legacy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    monkeypatch.delenv("FIG_ROUTES", raising=False)
    path = tmp_path / "routes.yaml"
    path.write_text(FILE.replace("STAGE", stage))
    found = state(path)
    document = leaving.detach(found, "--dry-run")
    if stage == "new":
        assert [one["kind"] for one in document["objections"]] == ["stage"]
        with pytest.raises(FigError, match="'save' is at new and not retired"):
            leaving.without_legacy(found)
        return
    assert document["objections"] == []
    assert [leaving.without_legacy(found), leaving.without_legacy(found)] == [True, False]
    assert "legacy" not in path.read_text()


def test_the_end_is_written_before_the_supervisor_hears_of_it(tmp_path: Path) -> None:
    home = Home(tmp_path)
    spool = Spool(home.spool)
    spool.open()
    seen: list[Any] = []

    def supervisor() -> None:
        while not seen:
            for name, request in spool.take():
                seen.extend((request, json.loads(home.ended.read_text())["archive"]))
                spool.answer(name, Answer(True, "feed, legacy"))

    thread = threading.Thread(target=supervisor)
    thread.start()
    try:
        living = threading.Event()
        found = type("Alive", (), {"alive": property(lambda _: not living.is_set())})()
        assert leaving.stop(home, found, Path("/a.dump")) == ["feed", "legacy"]
    finally:
        seen.append("over")
        thread.join(10)
    assert seen[:2] == [Relist(), "/a.dump"]
    before = ended.read(home)
    with pytest.raises(FigError, match="the stack ended meanwhile"):
        leaving.stop(home, state(tmp_path), Path("/b.dump"))
    assert ended.read(home) == before, "it is written once"


def test_the_journal_gets_one_entry_for_each_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    document: list[dict[str, str]] = []

    def post(_base: str, path: str, **query: str) -> dict[str, bool]:
        document.append({"path": path, **query})
        return {"entered": query["why"] != "unheard"}

    monkeypatch.setattr(leaving.admin, "post", post)
    leaving.enter(state(Path("r")), "it is gone")
    assert (document[0]["path"], document[0]["why"]) == ("/api/farewell", "it is gone")
    assert document[0]["source"].startswith("fig farewell on ")
    with pytest.raises(FigError, match="the facade's journal cannot be written"):
        leaving.enter(state(Path("r")), "unheard")
