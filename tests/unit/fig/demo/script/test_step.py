"""Acts follow each other, and say in plain words what they are about."""

from __future__ import annotations

import pytest

from fig.demo.script.pace import FAST, NORMAL, Pace
from fig.demo.script.plan import acts
from tests.rigs.processes.demo import plan


@pytest.mark.parametrize("pace", [NORMAL, FAST], ids=lambda pace: pace.name)
class TestActs:
    def test_they_are_numbered_and_together_the_whole_script(self, pace: Pace) -> None:
        played = acts(pace)
        assert [act.number for act in played] == list(range(1, len(played) + 1))
        assert tuple(step for act in played for step in act.steps) == plan(pace)

    def test_every_act_and_step_gives_its_reason(self, pace: Pace) -> None:
        assert all(act.say.endswith(".") and act.title and act.steps for act in acts(pace))
        assert all(step.say and step.title for step in plan(pace))
