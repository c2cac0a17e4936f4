"""What `fig status` says of domains beside the owners in the file."""

from typing import Any

import pytest

from fig.cutover import seen
from fig.supervise.state import StackState
from tests.rigs.ownership.cutover import standing


def facade(owner: str, window: str | None = None) -> dict[str, Any]:
    return {"domains": {"goods": {"owner": owner, "window": window}}}


@pytest.mark.parametrize(
    ("now", "file", "said"),
    [
        (standing(), facade("legacy"), ""),
        (standing(owner="new", window="open"), facade("new", "open"), ""),
        (
            standing(owner="new", window="open"), facade("moving"),
            "goods: the route file says moving, the record new, window open; `fig cutover goods`"
            " mends the file",
        ),
        (
            standing(phase="fenced", operator="anna"), facade("moving"),
            "goods: anna moves it now (fenced)",
        ),
        (
            standing(owner="new", window="open", reverse={"pending": 1200, "lag": 3.21}),
            facade("new", "open"), "goods: legacy is 1,200 rows and 3.2 s behind",
        ),
        (
            standing(words="the read model is behind", operator="anna"), facade("legacy"),
            "goods: the last attempt, of anna, ended: the read model is behind",
        ),
        (
            standing(rogues=["product 1", "product 2"]), facade("legacy"),
            "goods: 2 writes past the fence, the last one product 2",
        ),
    ],
)  # fmt: skip
def test_lines(now: Any, file: dict[str, Any], said: str) -> None:
    assert seen.text({"goods": now.raw}, file) == said


def test_only_services_of_the_stack_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def answer(url: str, **_: Any) -> dict[str, Any]:
        asked.append(url)
        return dict(standing().raw)

    monkeypatch.setattr(seen, "call_object", answer)
    found = StackState.__new__(StackState)
    object.__setattr__(found, "ports", {"catalog": 7})
    status = {"domains": {"goods": {}, "orders": {}, "mine": {}}}
    assert seen.standings(found, status).keys() == {"goods"}
    assert asked == ["http://127.0.0.1:7/cutover/goods"]
    assert seen.standings(found, None) == {}


def test_what_is_no_standing_is_said() -> None:
    assert "no standing" in seen.text({"goods": {"owner": "new"}}, facade("new"))
