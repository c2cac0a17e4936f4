"""Flips in the text of the route file: nothing else changes, and nothing is lost."""

import difflib
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facade.routes.config.routefile import FULL
from facade.routes.file.edit.flip import Flip, FlipRefused, UnknownRoute, flip, flip_file, way
from facade.routes.file.reading import load
from facade.routes.stages import Stage, walk

TEXT = """\
# The shop's routes — keep me
upstreams:
  legacy:  {url: "http://127.0.0.1:5000"}   # aligned, quoted, 🦊
  catalog: {service: catalog}

routes:
  # goods
  - name: detail
    match: GET /api/products/{sku}
    new: catalog
    stage: legacy   # since the beginning
    compare: {sample: 10%}   # not all

  - {name: flow, match: GET /flow, new: catalog, stage: 'canary', percent: 5, key: [client]}
  - name: bare
    match: GET /bare   # no sample
    new: catalog
    stage: legacy
  - name: old
    match: GET /old
    stage: legacy
  - {name: joined, match: GET /joined, compose: {old: GET /old}}
  - name: busy
    match: GET /busy
    new: catalog
    stage: canary
    percent: 12.5%   # careful
    compare: {sample: 1%}
"""


def diff(text: str, change: Flip) -> list[str]:
    """The lines a flip removes and adds."""
    lines = difflib.ndiff(text.splitlines(), flip(text, change).text.splitlines())
    return [line for line in lines if line[0] in "+-"]


def test_only_the_stage_changes() -> None:
    assert diff(TEXT, Flip("detail", Stage.SHADOW)) == [
        "-     stage: legacy   # since the beginning",
        "+     stage: shadow   # since the beginning",
    ]


def test_a_percent_is_added_and_removed_in_block_style() -> None:
    shadow = flip(TEXT, Flip("detail", Stage.SHADOW)).text
    assert diff(shadow, Flip("detail", Stage.CANARY, 25)) == [
        "-     stage: shadow   # since the beginning",
        "+     stage: canary   # since the beginning",
        "+     percent: 0.25",
    ]
    canary = flip(shadow, Flip("detail", Stage.CANARY, 25)).text
    assert flip(canary, Flip("detail", Stage.SHADOW)).text == shadow


def test_a_percent_is_changed_and_removed_in_flow_style() -> None:
    assert diff(TEXT, Flip("flow", Stage.CANARY, 5000))[1].endswith(
        "stage: 'canary', percent: 50, key: [client]}"
    )
    assert diff(TEXT, Flip("flow", Stage.NEW))[1].endswith("stage: 'new', key: [client]}")
    new = flip(TEXT, Flip("flow", Stage.NEW)).text
    assert flip(new, Flip("flow", Stage.CANARY, 500)).text == TEXT


def test_a_comment_beside_a_removed_percent_stays() -> None:
    text = flip(TEXT, Flip("busy", Stage.NEW)).text
    cut = "stage: canary\n    percent: 12.5%   # careful\n"
    assert text == TEXT.replace(cut, "stage: new\n    # careful\n")


def test_shadow_without_a_sample_is_refused_unless_one_is_said() -> None:
    with pytest.raises(FlipRefused, match="fig flip bare shadow --sample 10%"):
        flip(TEXT, Flip("bare", Stage.SHADOW))
    assert diff(TEXT, Flip("bare", Stage.SHADOW, sample=1000)) == [
        "+     compare: {sample: 10%}",
        "-     stage: legacy",
        "+     stage: shadow",
    ]
    assert (
        "compare: {sample: 0.5%}   # not all"
        in flip(TEXT, Flip("detail", Stage.SHADOW, sample=50)).text
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (Flip("detail", Stage.CANARY, 5), "go through shadow first: fig flip detail shadow"),
        (Flip("busy", Stage.LEGACY), "go through shadow first: fig flip busy shadow"),
        (Flip("busy", Stage.CANARY), "say how many: fig flip busy canary PERCENT"),
        (Flip("busy", Stage.NEW, 5), "only stage canary has a percent, not new"),
        (Flip("joined", Stage.LEGACY), "'joined' is composed and has no stage: flip its parts'"),
        (Flip("old", Stage.SHADOW, sample=1), "names no new side: add 'new: UPSTREAM'"),
    ],
)
def test_a_refused_flip_says_what_to_do(change: Flip, said: str) -> None:
    with pytest.raises(FlipRefused, match=said):
        flip(TEXT, change)


def test_an_unknown_route_is_answered_with_a_near_one() -> None:
    with pytest.raises(UnknownRoute, match="did you mean 'detail'"):
        flip(TEXT, Flip("detial", Stage.SHADOW))


def test_a_flip_to_where_the_route_is_changes_nothing() -> None:
    flipped = flip(TEXT, Flip("busy", Stage.CANARY, 1250))
    assert not flipped.changed
    assert flipped.text == TEXT


@pytest.mark.parametrize("prefix", ["", "\ufeff"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_marks_and_line_ends_stay(prefix: str, newline: str) -> None:
    text = prefix + TEXT.replace("\n", newline)
    flipped = flip(text, Flip("busy", Stage.NEW))
    there = flipped.text
    assert load(there.encode()).file.version == flipped.version
    assert there.startswith(prefix + "#")
    assert there.count("\n") == there.count(newline)
    back = flip(there, Flip("busy", Stage.CANARY, 1250)).text
    assert back.count("\n") == back.count(newline)


def test_a_file_without_a_last_newline() -> None:
    text = TEXT + "  - name: last\n    match: GET /l\n    new: catalog\n    stage: new"
    canary = flip(text, Flip("last", Stage.CANARY, 100)).text
    assert canary.endswith("stage: canary\n    percent: 1")
    assert flip(canary, Flip("last", Stage.NEW)).text.rstrip() == text


def test_a_value_shared_by_an_alias_is_not_cut() -> None:
    text = TEXT.replace("stage: legacy   #", "stage: &s legacy   #").replace(
        "name: bare\n    match: GET /bare   # no sample\n    new: catalog\n    stage: legacy",
        "name: bare\n    match: GET /bare\n    new: catalog\n    stage: *s",
    )
    for route in ("detail", "bare"):
        with pytest.raises(FlipRefused, match="cannot edit"):
            flip(text, Flip(route, Stage.SHADOW, sample=100))


def test_a_percent_that_stands_first_is_not_cut() -> None:
    text = TEXT.replace("  - name: busy\n", "  - percent: 12.5%\n    name: busy\n").replace(
        "    percent: 12.5%   # careful\n", ""
    )
    with pytest.raises(FlipRefused, match="move it below 'name'"):
        flip(text, Flip("busy", Stage.NEW))


stages = st.sampled_from(list(Stage))


@given(st.lists(st.tuples(stages, st.integers(0, FULL)), max_size=8))
def test_any_walk_keeps_every_other_line(walked: list[tuple[Stage, int]]) -> None:
    text = TEXT
    for stage, percent in walked:
        change = Flip("detail", stage, percent if stage is Stage.CANARY else None)
        try:
            text = flip(text, change).text
        except FlipRefused:
            continue
    kept = [line for line in text.splitlines() if "percent:" not in line and "stage:" not in line]
    before = [line for line in TEXT.splitlines() if "percent:" not in line and "stage:" not in line]
    assert kept == before
    others = [route for route in load(text.encode()).file.routes if route.name != "detail"]
    assert others == [route for route in load(TEXT.encode()).file.routes if route.name != "detail"]


def test_the_way_passes_canary_with_everybody_or_nobody() -> None:
    file = load(TEXT.encode()).file
    assert [(step.stage, step.percent) for step in way(file, Flip("detail", Stage.NEW))] == [
        (Stage.SHADOW, None), (Stage.CANARY, FULL), (Stage.NEW, None),
    ]  # fmt: skip
    text = TEXT
    for step in way(file, Flip("detail", Stage.NEW)):
        text = flip(text, step).text
    back = way(load(text.encode()).file, Flip("detail", Stage.LEGACY))
    assert [(step.stage, step.percent) for step in back] == [
        (Stage.CANARY, 0), (Stage.SHADOW, None), (Stage.LEGACY, None),
    ]  # fmt: skip
    assert [step.stage for step in back] == list(walk(Stage.NEW, Stage.LEGACY))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "routes.yaml"
    file.write_text(TEXT, "utf-8")
    file.chmod(0o640)
    return file


def test_the_file_keeps_its_mode_and_leaves_nothing_beside_it(path: Path) -> None:
    flipped = flip_file(path, Flip("detail", Stage.SHADOW))
    assert path.read_text("utf-8") == flipped.text
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(path.parent.iterdir()) == [path]
    assert load(path.read_bytes()).file.version == flipped.version


def test_a_link_stays_a_link(path: Path) -> None:
    link = path.parent / "link.yaml"
    link.symlink_to(path)
    flip_file(link, Flip("detail", Stage.SHADOW))
    assert link.is_symlink()
    assert "stage: shadow" in path.read_text("utf-8")


def test_concurrent_flips_are_all_done(path: Path) -> None:
    changes = [
        Flip("detail", Stage.SHADOW), Flip("flow", Stage.NEW), Flip("busy", Stage.CANARY, 1),
        Flip("bare", Stage.SHADOW, sample=1),
    ]  # fmt: skip
    threads = [threading.Thread(target=flip_file, args=(path, change)) for change in changes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stages = {route.name: route.stage for route in load(path.read_bytes()).file.routes}
    assert stages == {
        "detail": Stage.SHADOW, "flow": Stage.NEW, "bare": Stage.SHADOW,
        "old": Stage.LEGACY, "busy": Stage.CANARY, "joined": Stage.LEGACY,
    }  # fmt: skip
