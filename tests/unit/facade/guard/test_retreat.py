"""The way back: clients first, then step by step, with everybody who shares the seed."""

import pytest

from facade.guard.position import Position, of, parse
from facade.guard.retreat import company, next_edit, targets
from facade.routes.file.edit.flip import Flip
from facade.routes.file.edit.together import EditedMeanwhile, move_together, moved
from facade.routes.file.reading import load, version_of
from facade.routes.stages import Stage

FILE = """\
# ours
upstreams:
  legacy: {url: "http://127.0.0.1:5000"}
  fresh: {url: "http://127.0.0.1:5001"}
routes:
  - name: list      # the list
    match: GET /p
    new: fresh
    stage: canary
    percent: 25
    seed: goods
    compare: {sample: 10%}
  - name: detail
    match: GET /p/{id}
    new: fresh
    stage: new
    seed: goods
    compare: {sample: 10%}
  - name: put
    match: PUT /p/{id}
    new: fresh
    stage: canary
    percent: 25
    seed: goods
  - {name: other, match: GET /o, new: fresh, stage: canary, percent: 5, compare: {sample: 1%}}
  - {name: gone, match: GET /g, new: fresh, stage: retired, seed: goods}
"""


def walked(text: str, name: str, to: Stage) -> list[dict[str, str]]:
    """Every edit on the way back: where the routes that it moved then stood."""
    edits = []
    file = load(text.encode()).file
    goals = targets(file.routes, name, to)
    while flips := next_edit(file.routes, goals):
        text = moved(text.encode(), flips).data.decode()
        file = load(text.encode()).file
        there = {route.name: str(of(route)) for route in file.routes}
        edits.append({flip.route: there[flip.route] for flip in flips})
        assert len(edits) < 9
    return edits


def test_routes_with_one_seed_leave_the_new_side_by_one_edit() -> None:
    assert [one.name for one in company(load(FILE.encode()).file.routes, "list")] == [
        "list", "detail", "put",
    ]  # fmt: skip
    assert walked(FILE, "list", Stage.SHADOW) == [
        {"list": "canary 0%", "detail": "canary 0%", "put": "canary 0%"},
        {"list": "shadow", "detail": "shadow"},
    ]


def test_to_legacy_it_goes_on_and_a_route_that_is_not_copied_keeps_no_clients() -> None:
    assert walked(FILE, "detail", Stage.LEGACY)[-1] == {"list": "legacy", "detail": "legacy"}
    assert walked(FILE, "other", Stage.SHADOW) == [{"other": "canary 0%"}, {"other": "shadow"}]


def test_who_stands_there_already_is_not_moved() -> None:
    text = FILE.replace("stage: new", "stage: shadow")
    file = load(text.encode()).file
    assert set(targets(file.routes, "list", Stage.SHADOW)) == {"list", "put"}
    assert next_edit(file.routes, {}) == ()


def test_the_file_is_edited_by_one_write_that_keeps_comments(tmp_path) -> None:
    path = tmp_path / "routes.yaml"
    path.write_text(FILE)
    flips = (Flip("list", Stage.CANARY, 0), Flip("detail", Stage.CANARY, 0))
    done = move_together(path, flips, version_of(FILE.encode()))
    assert path.read_bytes() == done.data
    assert done.version == version_of(done.data)
    assert "# the list" in path.read_text()
    assert [str(of(one.after)) for one in done.flips] == ["canary 0%", "canary 0%"]


def test_an_edit_by_somebody_else_comes_first(tmp_path) -> None:
    path = tmp_path / "routes.yaml"
    path.write_text(FILE + "# edited\n")
    with pytest.raises(EditedMeanwhile):
        move_together(path, (Flip("list", Stage.SHADOW),), version_of(FILE.encode()))
    assert path.read_text() == FILE + "# edited\n"


@pytest.mark.parametrize("text", ["legacy", "shadow", "canary 0%", "canary 0.1%", "new"])
def test_a_position_is_written_as_it_is_read(text: str) -> None:
    assert str(parse(text)) == text


def test_positions_are_in_order() -> None:
    ranks = [parse(t).rank for t in ("legacy", "shadow", "canary 0%", "canary 5%", "new")]
    assert ranks == sorted(ranks)
    assert [parse(t).share for t in ("shadow", "canary 25%", "new")] == [0.0, 0.25, 1.0]
    assert Position(Stage.NEW) == parse("new")
