"""What was in force when the facade stopped: a start judges the route file against it."""

import json

import pytest

from tests.rigs.processes.warm import WARM

pytestmark = pytest.mark.integration

HEAD = """
facade: {{expose: true{facade}}}
upstreams:
  legacy: {{url: "{legacy}"}}
  fresh:  {{url: "{fresh}"}}
routes:
"""
MORE = {
    "legacy": "",
    "shadow": ", compare: {sample: 100%}",
    "canary": ", percent: 100",
    "new": "",
    "retired": "",
}


@pytest.fixture
def text(serve, scripts):
    """The text of a route file: text(stage), text(None) without the route."""
    legacy, fresh = serve(scripts.polite), serve(scripts.polite)

    def written(stage: str | None, facade: str = "") -> str:
        head = HEAD.format(legacy=legacy.url, fresh=fresh.url, facade=facade)
        if stage is None:
            return f"{head}  - {{name: other, match: GET /other, stage: legacy}}\n"
        return (
            f"{head}  - {{name: moving, match: GET /moving, new: fresh, stage: {stage},"
            f" fallback: false{MORE[stage]}}}\n"
        )

    return written


def stage_of(facade) -> str:
    """By which stage the route is decided; `none` where the table has no such route."""
    decision = facade.get("/moving")[1]["Fig-Decision"]
    words = dict(part.strip().partition("=")[::2] for part in decision.split(";"))
    return words["stage"] if words["reason"] != "unmatched" else "none"


def restart(facade, text: str | None, *more: str) -> str:
    """Stop it, edit the file, start it again; returns what the second start said."""
    facade.stop()
    before = len(facade.said())
    if text is not None:
        facade.save(text)
    facade.run(*more)
    return facade.said()[before:]


STEPS = [
    ("legacy", "shadow", True),
    ("legacy", "new", False),
    ("shadow", None, True),
    ("canary", None, False),
    ("new", "legacy", False),
    ("retired", "legacy", False),
]


@pytest.mark.parametrize(("before", "after", "taken"), STEPS)
def test_a_start_takes_the_steps_that_a_reload_takes(start, text, before, after, taken) -> None:
    facade = start(text(before))
    assert stage_of(facade) == before
    said = restart(facade, text(after))
    assert stage_of(facade) == ((after or "none") if taken else before)
    assert ("while the facade was stopped" in said) == (not taken)
    if not taken:
        assert ('--force "why"' in said) == (before != "retired")


def test_what_was_refused_at_one_start_is_refused_at_the_next(start, scripts, text) -> None:
    facade = start(text("legacy"))
    for _ in range(2):
        restart(facade, text("new"))
        assert stage_of(facade) == "legacy"
    facade.save(text("shadow"))
    scripts.eventually("a step is taken", lambda: stage_of(facade) == "shadow")


def test_a_jump_is_taken_with_a_reason_and_the_reason_is_kept(start, scripts, text) -> None:
    facade = start(text("legacy"))
    scripts.eventually("a journal", lambda: "the journal begins" in facade.said(), seconds=60)
    said = restart(facade, text("new"), "--force", "a new shop, no client yet")
    assert stage_of(facade) == "new"
    assert "a new shop, no client yet" in said
    folder = facade.folder / "runtime" / "journal"
    scripts.eventually(
        "the journal has the reason",
        lambda: any("no client yet" in one.read_text() for one in folder.glob("journal-*.jsonl")),
        seconds=60,
    )


def test_no_reason_leads_out_of_retired(start, text) -> None:
    facade = start(text("retired"))
    said = restart(facade, text("legacy"), "--force", "we want it back")
    assert stage_of(facade) == "retired"
    assert "nothing leads back" in said


def test_a_route_that_is_said_to_leave_leaves_over_a_restart(start, text) -> None:
    facade = start(text("new"))
    restart(facade, text(None, facade=", leaving: [moving]"))
    assert stage_of(facade) == "none"


def flip(facade, *words: str) -> dict:
    done = WARM.run("facade", "flip", "moving", *words, "--routes", str(facade.routes), "--json")
    assert done.returncode == 0, done.stderr + done.stdout
    return json.loads(done.stdout.splitlines()[-1])


def test_steps_taken_by_fig_flip_while_no_facade_runs_count(start, text) -> None:
    facade = start(text("new"))
    facade.stop()
    flip(facade, "shadow", "--walk", "--sample", "100%")
    flip(facade, "legacy")
    facade.run()
    assert stage_of(facade) == "legacy"
    restart(facade, text("new"))  # the steps counted once
    assert stage_of(facade) == "legacy"


def test_a_file_of_another_name_is_another_table(start, text) -> None:
    facade = start(text("legacy"))
    facade.stop()
    facade.command[facade.command.index("--routes") + 1] = str(facade.folder / "other.yaml")
    (facade.folder / "other.yaml").write_text(text("new"))
    facade.run()
    assert stage_of(facade) == "new"
    assert "another route file" in facade.said()
