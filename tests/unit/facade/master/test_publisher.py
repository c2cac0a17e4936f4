"""Publisher: a good file comes into force, a bad one leaves the last good one there."""

import json
from pathlib import Path

import pytest

from chassis.process.telemetry import JsonLines
from facade.guard.position import of
from facade.master.publisher import RELOAD, TABLE, Publisher
from facade.routes.file.problems import RouteFileError
from facade.routes.file.reading import load, version_of
from facade.runtime.override import OVERRIDE, Override, read_override, write_override
from tests.rigs.clock import Clock

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


TWO = LEGACY + "  - {name: two, match: GET /two, stage: legacy}\n"


@pytest.fixture
def clock() -> Clock:
    return Clock(12.5)


@pytest.fixture
def two(files: tuple[Path, Path], clock: Clock) -> Publisher:
    """A publisher of a file with two routes."""
    files[0].write_text(TWO)
    one = Publisher(*files, {}, clock)
    one.first()
    return one


HALVES = [
    (LEGACY, "routes are gone (two)"),
    (HEAD + "  []\n", "routes are gone (one, two)"),
    (TWO.rstrip("\n"), "ends without a newline"),
    (LEGACY.rstrip("\n"), "routes are gone (two)"),
]


@pytest.mark.parametrize(("half", "why"), HALVES)
def test_what_may_be_half_a_file_is_held_until_it_stays_so(
    files: tuple[Path, Path], two: Publisher, clock: Clock, half: str, why: str
) -> None:
    assert not two.offer(half.encode())
    assert why in str(report(files)["errors"])
    clock.now += 0.9
    assert not two.reconsider()
    assert (files[1] / TABLE).read_text() == TWO
    clock.now += 0.2
    assert two.reconsider()
    assert (files[1] / TABLE).read_text() == half
    assert report(files)["ok"] is True


@pytest.mark.parametrize(("half", "why"), HALVES)
def test_the_whole_file_takes_the_place_of_half_of_it_at_once(
    files: tuple[Path, Path], two: Publisher, clock: Clock, half: str, why: str
) -> None:
    two.offer(half.encode())
    assert why in str(report(files)["errors"])
    whole = TWO.replace("/two", "/other")
    assert two.offer(whole.encode())
    clock.now += 5
    assert not two.reconsider()
    assert (files[1] / TABLE).read_text() == whole


def test_a_route_that_leaves_on_purpose_is_not_waited_for(
    files: tuple[Path, Path], two: Publisher
) -> None:
    assert two.offer((LEGACY + "facade: {leaving: [two]}\n").encode())


def test_a_file_that_is_gone_is_an_error_until_it_is_back(
    files: tuple[Path, Path], two: Publisher, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    files[0].unlink()
    for _ in range(3):
        clock.now += 1.1
        two.reconsider()
    assert "the file is gone" in str(report(files)["errors"])
    assert len([one for one in caplog.records if "gone" in one.message]) == 1
    files[0].write_text(TWO)
    clock.now += 1.1
    two.reconsider()
    assert report(files)["ok"] is True


def test_what_was_retired_stays_so_over_a_restart(files: tuple[Path, Path]) -> None:
    files[0].write_text(RETIRED)
    publisher(files).first()
    files[0].write_text(LEGACY)
    again = publisher(files)
    assert again.first() == LEGACY.encode()
    assert (files[1] / TABLE).read_text() == RETIRED
    assert "is retired, and nothing leads back" in str(report(files)["errors"])
    assert again.offer(RETIRED.encode())


def test_a_jump_over_a_restart_leaves_the_last_table_until_it_is_mended(
    files: tuple[Path, Path],
) -> None:
    publisher(files).first()
    files[0].write_text(RETIRED)
    again = publisher(files)
    assert again.first() == RETIRED.encode()
    assert (files[1] / TABLE).read_text() == LEGACY
    assert '--force "why"' in str(report(files)["errors"])
    assert not again.offer(RETIRED.encode())
    assert again.offer(SHADOW.encode())


def test_an_override_survives_a_start_that_is_refused(files: tuple[Path, Path]) -> None:
    files[0].write_text(CANARY)
    publisher(files).first()
    version = version_of(CANARY.encode())
    write_override(files[1], Override(version, {"one": ("shadow", None)}, "it fails", 1.0))
    publisher(files).first()
    files[0].write_text(LEGACY)
    publisher(files).first()
    assert in_force(files) == "shadow"
    files[0].write_text(CANARY.replace("percent: 25", "percent: 30"))
    publisher(files).first()  # judged against the file, as at any other edit
    assert in_force(files) == "canary 30%"
    assert read_override(files[1]) is None


CANARY = HEAD + (
    "  # ours\n  - name: one\n    match: GET /one\n    new: fresh\n    stage: canary\n"
    "    percent: 25\n    compare: {sample: 100%}\n"
)


def in_force(files: tuple[Path, Path]) -> str:
    (route,) = load((files[1] / TABLE).read_bytes()).file.routes
    return str(of(route))


@pytest.mark.parametrize("stage", ["shadow", "legacy"])
def test_an_override_counts_for_one_version_of_the_file(
    files: tuple[Path, Path], stage: str
) -> None:
    files[0].write_text(CANARY)
    one = publisher(files)
    one.first()
    version = version_of(CANARY.encode())
    write_override(files[1], Override(version, {"one": (stage, None)}, "it fails", 1.0))
    one.override(b"")
    assert in_force(files) == stage
    assert files[0].read_text() == CANARY
    assert report(files)["version"] == version_of((files[1] / TABLE).read_bytes())
    one.override(b"")  # again: the same
    assert in_force(files) == stage
    assert one.offer((CANARY + "# a word\n").encode())
    assert in_force(files) == "canary 25%"
    assert read_override(files[1]) is None


def test_an_edit_that_says_the_same_again_ends_an_override(files: tuple[Path, Path]) -> None:
    files[0].write_text(CANARY)
    one = publisher(files)
    one.first()
    version = version_of(CANARY.encode())
    write_override(files[1], Override(version, {"one": ("shadow", None)}, "it fails", 1.0))
    one.override(b"")
    assert not one.offer(b"routes: {")
    assert in_force(files) == "shadow"
    assert one.offer(CANARY.encode())
    assert in_force(files) == "canary 25%"


def test_an_override_survives_a_restart_as_long_as_the_file_stays(
    files: tuple[Path, Path],
) -> None:
    files[0].write_text(CANARY)
    override = Override(version_of(CANARY.encode()), {"one": ("canary", 0)}, "it fails", 1.0)
    write_override(files[1], override)
    for _ in range(2):  # the second time the folder has the table as it was overridden
        publisher(files).first()
        assert in_force(files) == "canary 0%"
        assert report(files)["ok"] is True
    assert read_override(files[1]) == override


def test_an_override_acts_while_a_broken_edit_stands_in_the_file(
    files: tuple[Path, Path],
) -> None:
    files[0].write_text(CANARY)
    one = publisher(files)
    one.first()
    assert not one.offer(b"routes: {")
    version = version_of(CANARY.encode())
    write_override(files[1], Override(version, {"one": ("shadow", None)}, "it fails", 1.0))
    one.override(b"")
    assert in_force(files) == "shadow"
    assert report(files)["ok"] is False  # the edit is refused as before


@pytest.mark.parametrize("content", ["{", '{"file": 1}', '{"file": "x", "routes": {"one": []}}'])
def test_a_damaged_override_is_none(files: tuple[Path, Path], content: str) -> None:
    (files[1] / OVERRIDE).write_text(content)
    assert read_override(files[1]) is None
    publisher(files).first()
    assert (files[1] / TABLE).read_text() == LEGACY


def test_an_override_that_the_file_cannot_take_leaves_the_file_in_force(
    files: tuple[Path, Path],
) -> None:
    version = version_of(LEGACY.encode())
    write_override(files[1], Override(version, {"two": ("shadow", None)}, "", 1.0))
    publisher(files).first()
    assert (files[1] / TABLE).read_text() == LEGACY


def test_a_start_says_what_was_changed_while_no_facade_ran(
    files: tuple[Path, Path], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    publisher(files).first()
    publisher(files).first()
    assert not [one for one in caplog.records if "one:" in one.getMessage()]
    files[0].write_text(SHADOW)
    publisher(files).first()
    assert "one: legacy → shadow" in [record.getMessage() for record in caplog.records]
