"""Publisher: a good file comes into force, a bad one leaves the last good one there."""

import json
from pathlib import Path

import pytest

from chassis.process.telemetry import JsonLines
from facade.master.publisher import RELOAD, TABLE, Publisher
from facade.routes.file.problems import RouteFileError

HEAD = "upstreams:\n  legacy: {url: 'http://a.test'}\n  fresh: {url: 'http://b.test'}\nroutes:\n"
LEGACY = HEAD + "  - {name: one, match: GET /one, new: fresh, stage: legacy}\n"
SHADOW = HEAD + (
    "  - {name: one, match: GET /one, new: fresh, stage: shadow, compare: {sample: 100%}}\n"
)
RETIRED = HEAD + "  - {name: one, match: GET /one, new: fresh, stage: retired}\n"


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    routes, runtime = tmp_path / "routes.yaml", tmp_path / "runtime"
    runtime.mkdir()
    routes.write_text(LEGACY)
    return routes, runtime


def publisher(files: tuple[Path, Path]) -> Publisher:
    return Publisher(*files, {}, lambda: 12.5)


def report(files: tuple[Path, Path]) -> dict[str, object]:
    found: dict[str, object] = json.loads((files[1] / RELOAD).read_text())
    return found


def test_the_first_file_is_published_as_it_is(files: tuple[Path, Path]) -> None:
    assert publisher(files).first() == LEGACY.encode()
    assert (files[1] / TABLE).read_text() == LEGACY
    assert report(files)["ok"] is True


def test_a_broken_first_file_is_refused(files: tuple[Path, Path]) -> None:
    files[0].write_text("routes: {")
    with pytest.raises(RouteFileError):
        publisher(files).first()
    assert not (files[1] / TABLE).exists()


def test_a_good_change_comes_into_force(files: tuple[Path, Path]) -> None:
    one = publisher(files)
    one.first()
    assert one.offer(SHADOW.encode())
    assert (files[1] / TABLE).read_text() == SHADOW


@pytest.mark.parametrize("bad", ["routes: {", RETIRED])
def test_a_bad_one_and_a_forbidden_step_leave_the_last_good_table(
    files: tuple[Path, Path], bad: str
) -> None:
    one = publisher(files)
    one.first()
    good = report(files)["version"]
    assert not one.offer(bad.encode())
    assert (files[1] / TABLE).read_text() == LEGACY
    said = report(files)
    assert said["ok"] is False
    assert said["errors"]
    assert (said["version"], said["at"]) == (good, 12.5)


def test_a_reload_says_what_it_changed(
    files: tuple[Path, Path], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    one = publisher(files)
    one.first()
    caplog.clear()
    one.offer(SHADOW.encode())
    assert [record.getMessage() for record in caplog.records][1:] == [
        "one: legacy → shadow",
        "one: changed: compare",
    ]
    line = json.loads(JsonLines("facade").format(caplog.records[1]))
    assert (line["event"], line["change"]) == ("reloaded", "one: legacy → shadow")
