"""`plans` and `facade.hooks`: read with their defaults, and refused with their place."""

import pytest

from facade.routes.config.walkfile import STEP_NEW, Hooks, Plan
from facade.routes.file.problems import RouteFileError
from facade.routes.file.reading import load

FILE = """\
facade:
  hooks: {{command: [./told, --quietly], webhook: "https://chat.example.org/hook", timeout: 3s}}
upstreams:
  legacy: {{url: "http://127.0.0.1:5000"}}
  fresh: {{url: "http://127.0.0.1:5001"}}
plans:
  careful: {plan}
routes:
  - {{name: r, match: GET /r, stage: legacy, new: fresh, plan: careful}}
"""


def test_a_plan_and_the_hooks_are_read() -> None:
    plan = "{steps: [1%, 50], time: 10m, pairs: 1000, bound: 0.5%, approve: [50%, new]}"
    file = load(FILE.format(plan=plan).encode()).file
    assert file.plans["careful"] == Plan(
        "careful", (100, 5_000), 600.0, 1_000, 50, (5_000, STEP_NEW)
    )
    assert file.facade.hooks == Hooks(("./told", "--quietly"), "https://chat.example.org/hook", 3.0)
    assert file.routes[0].plan == "careful"


def test_a_plan_without_keys_has_the_defaults() -> None:
    file = load(FILE.format(plan="{}").encode()).file
    assert file.plans["careful"] == Plan("careful")


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        ("{steps: [50, 5]}", "each step must be greater than the one before it"),
        ("{steps: [5], approve: [7%]}", "is none of the plan's steps, nor 'new'"),
        ("{steps: []}", "at least one entry"),
        ("{when: 5m}", "unknown key 'when'"),
    ],
)
def test_a_plan_that_cannot_be_walked_is_refused(plan: str, message: str) -> None:
    with pytest.raises(RouteFileError) as refused:
        load(FILE.format(plan=plan).encode())
    assert message in str(refused.value)


def test_a_route_cannot_name_a_plan_that_is_not_there() -> None:
    text = FILE.format(plan="{}").replace("plan: careful}", "plan: careles}")
    with pytest.raises(RouteFileError, match=r"unknown plan 'careles'"):
        load(text.encode())
