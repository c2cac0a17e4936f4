"""Steps are taken once, in order, each noted before the next begins."""

from pathlib import Path

import pytest

from fig.errors import FigError
from fig.farewell.record import Facts, Record
from fig.farewell.steps import Step, take


def test_what_failed_is_taken_again_and_what_is_done_is_not(tmp_path: Path) -> None:
    record, took = Record(tmp_path / "record.json"), list[str]()
    broken = ["b"]

    def step(name: str) -> Step:
        def act() -> Facts:
            took.append(name)
            if name in broken:
                raise FigError("not now")
            return {"words": name.upper()}

        return Step(name, f"do {name}", act)

    steps = [step(name) for name in "abc"]
    with pytest.raises(FigError, match="not now"):
        list(take(steps, record))
    assert (took, record.done("b")) == (["a", "b"], None)

    broken.clear()
    found = list(take(steps, Record(tmp_path / "record.json")))

    assert took == ["a", "b", "b", "c"]
    assert [(one.name, one.already, one.facts["words"]) for one in found] == [
        ("a", True, "A"), ("b", False, "B"), ("c", False, "C"),
    ]  # fmt: skip
    assert found[1].facts["seconds"] >= 0
