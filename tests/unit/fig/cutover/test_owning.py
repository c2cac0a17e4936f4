"""The owning service is asked until it has settled, also where it is away for a while."""

from typing import Any

import pytest

from fig.clients import services
from fig.cutover import owning
from fig.cutover.owning import Owning, Standing
from fig.errors import BadSetting, FigError
from tests.rigs.ownership.cutover import standing


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the service answers, one after the other; an exception is raised."""
    scripted: list[Any] = []
    asked: list[tuple[str, str, Any]] = []

    def ask(method: str, _base: str, path: str, query: Any = None, body: Any = None) -> Any:
        asked.append((method, path, body))
        answer = scripted.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(owning.services, "ask", ask)
    monkeypatch.setattr(owning.time, "sleep", lambda _: None)
    scripted.append(asked)
    return scripted


def of(answers: list[Any], *scripted: Any) -> tuple[Owning, list[Any]]:
    asked = answers.pop()
    answers += scripted
    return Owning("http://service", "goods"), asked


def test_it_is_followed_to_its_end_through_an_absence(answers: list[Any]) -> None:
    moving, ended = standing(phase="moving").raw, standing(owner="new").raw
    owning, _ = of(answers, moving, services.ServiceAway("killed"), moving, ended)
    seen: list[Standing] = []
    assert owning.until_settled(seen.append).owner == "new"
    assert [one.phase for one in seen] == ["moving", "moving", "settled"]


def test_one_that_stays_away_is_given_up(
    answers: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    owning_, _ = of(answers, *[services.ServiceAway("killed")] * 3)
    moments = iter([0.0, 1.0, 2.0, owning.AWAY_SECONDS + 3])
    monkeypatch.setattr(owning.time, "monotonic", lambda: next(moments))
    with pytest.raises(services.ServiceAway):
        owning_.until_settled(lambda _: None)


def test_the_orders(answers: list[Any]) -> None:
    seen, moving = standing(attempt=4).raw, standing(phase="moving").raw
    owning, asked = of(answers, seen, moving, seen, seen, moving, seen)
    owning.begin("new", "anna")
    owning.withdraw()
    assert owning.withdraw().phase == "moving", "it has begun: there is nothing to withdraw"
    owning.close()
    look = ("GET", "/cutover/goods", None)
    assert asked == [
        look,
        ("POST", "/cutover/goods", {"toward": "new", "operator": "anna", "attempt": 4}),
        look,
        ("POST", "/cutover/goods/withdraw", {"attempt": 4}),
        look,
        ("POST", "/cutover/goods/close", None),
    ]


def test_a_service_that_moves_nothing_is_named(answers: list[Any]) -> None:
    owning, _ = of(answers, BadSetting("Not Found"))
    with pytest.raises(FigError, match="does not move 'goods'"):
        owning.standing()


def test_what_is_no_standing() -> None:
    with pytest.raises(FigError, match="no standing"):
        owning.read({"owner": "new"})


@pytest.mark.parametrize(
    ("now", "wanted"),
    [
        (standing(), ("legacy", "open")),
        (standing(phase="opening"), ("moving", "open")),
        (standing(owner="new", window="closed"), ("new", "closed")),
    ],
)
def test_what_the_file_is_to_say(now: Standing, wanted: tuple[str, str]) -> None:
    assert now.in_file == wanted
