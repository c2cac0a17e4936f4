"""`fig cutover` is called: what excludes what, and one operator at a time."""

import fcntl
from pathlib import Path
from typing import Any, ClassVar

import click
import pytest
from click.testing import CliRunner

from fig.commands.data import cutover as command
from fig.commands.data.cutover import cutover, percent
from fig.errors import BadSetting, FigError
from fig.settings import Home


class Found:
    """A running stack, as far as it is asked."""

    urls: ClassVar = {"admin": "http://admin"}


class Played:
    """A call that notes its arguments."""

    calls: ClassVar[list[Any]] = []

    def __init__(self, *_: Any) -> None:
        self.calls.clear()

    def settle(self) -> None:
        self.calls.append("settle")

    def run(self, toward: tuple[str, ...], *, dry_run: bool) -> None:
        self.calls.append((toward, dry_run))

    def close(self, *, dry_run: bool, sure: bool) -> None:
        self.calls.append(("close", dry_run, sure))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    (tmp_path / "run").mkdir()
    monkeypatch.setattr(command.running, "require", lambda _: Found())
    monkeypatch.setattr(command.services, "address", lambda *_: "http://service")
    monkeypatch.setattr(command, "RouteFile", lambda _: None)
    monkeypatch.setattr(command, "Call", Played)
    return Home(tmp_path)


@pytest.mark.parametrize(
    ("words", "calls"),
    [
        ([], (("new",), False)),
        (["--dry-run"], (("new",), True)),
        (["--back"], (("legacy",), False)),
        (["--rehearse"], (("new", "legacy", "new"), False)),
        (["--close"], ("close", False, False)),
        (["--close", "--yes"], ("close", False, True)),
    ],
)
def test_what_is_to_be_done(home: Home, words: list[str], calls: object) -> None:
    done = CliRunner().invoke(cutover, ["goods", *words], obj=home, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert Played.calls == ["settle", calls]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["goods", "--back", "--close"], "exclude each other"),
        (["goods", "--bound", "0"], "expected a percentage"),
        (["goods", "--bound", "x"], "expected a percentage"),
        ([], "Missing argument 'DOMAIN'"),
    ],
)
def test_a_wrong_call(home: Home, words: list[str], said: str) -> None:
    done = CliRunner().invoke(cutover, words, obj=home)
    assert (done.exit_code, said in done.output) == (2, True), done.output


def test_an_unknown_domain(home: Home) -> None:
    with pytest.raises(BadSetting, match="unknown domain 'gods'"):
        CliRunner().invoke(cutover, ["gods"], obj=home, catch_exceptions=False)


def test_a_second_operator_is_turned_away(home: Home) -> None:
    with (home.folder / "run" / "cutover.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(FigError, match="another `fig cutover` runs here"):
            CliRunner().invoke(cutover, ["goods"], obj=home, catch_exceptions=False)
    done = CliRunner().invoke(cutover, ["goods"], obj=home, catch_exceptions=False)
    assert done.exit_code == 0


@pytest.mark.parametrize(("given", "share"), [("1%", 0.01), ("0.1", 0.001), ("100%", 1.0)])
def test_a_percentage(given: str, share: float) -> None:
    context = click.Context(cutover)
    assert percent(context, cutover.params[0], given) == pytest.approx(share)
