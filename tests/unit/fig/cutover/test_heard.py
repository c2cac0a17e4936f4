"""Who keeps a copy is asked until it says that the window is closed, or for long enough."""

from pathlib import Path
from typing import Any

import pytest

from fig.clients import services
from fig.cutover.heard import Heard
from fig.errors import FigError
from fig.settings import Home

COPIES = ("orders", "sales")


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Any]]:
    """By service, what it answers one time after the other, the last one for ever."""
    found: dict[str, list[Any]] = {name: [{"closed": ["goods"]}] for name in COPIES}

    def ask(_: str, base: str, path: str) -> Any:
        assert path == "/readyz"
        plan = found[base]
        answer = plan.pop(0) if len(plan) > 1 else plan[0]
        if isinstance(answer, FigError):
            raise answer
        return answer

    monkeypatch.setattr(services, "address", lambda _, name, __: name)
    monkeypatch.setattr(services, "ask", ask)
    return found


def heard(tmp_path: Path) -> Heard:
    return Heard(Home(tmp_path), "goods", COPIES, lambda _: None)


def test_all_have_heard(answers: dict[str, list[Any]], tmp_path: Path) -> None:
    answers["sales"] = [FigError("away"), {"ready": True}, {"closed": ["orders"]},
                        {"closed": ["goods", "orders"]}]  # fmt: skip
    assert heard(tmp_path).wait() == []


def test_who_has_not_is_named(answers: dict[str, list[Any]], tmp_path: Path) -> None:
    answers["orders"] = [{"closed": []}]
    assert heard(tmp_path).wait(0.0) == ["orders"]
