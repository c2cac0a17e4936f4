"""The command: what it prints, and what its exit code says."""

import pytest

from tests.mutants import __main__ as command
from tests.mutants import accepted, session, targets
from tests.mutants.changes import changes
from tests.mutants.session import Broken, Outcome, Result
from tests.mutants.targets import Target

PATH = "facade/routes/stages.py"
CHANGES = changes(PATH)[:10]


class Played:
    """In place of the trials: the outcome of each change, the first ones as told."""

    def __init__(self, *outcomes: Outcome) -> None:
        self.outcomes = [*outcomes, *[Outcome.KILLED] * (10 - len(outcomes))]
        self.asked: list[tuple[list[str], int, int]] = []

    def __call__(self, target: Target, every: int, jobs: int) -> list[Result]:
        self.asked.append((target.paths, every, jobs))
        pairs = zip(CHANGES, self.outcomes, strict=True)
        return [Result(change, outcome) for change, outcome in pairs]


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> "Play":
    return Play(monkeypatch)


class Play:
    """Runs the command with played outcomes and a list of accepted survivors."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._patch = monkeypatch

    def run(self, played: Played, entries: str = "", arguments: tuple[str, ...] = (PATH,)) -> int:
        known = accepted.read(f"{PATH}:\n{entries}" if entries else "{}")
        self._patch.setattr(accepted, "load", lambda: known)
        self._patch.setattr(session, "try_all", played)
        return command.main(list(arguments))


def entry(number: int, kind: str) -> str:
    return f'  - {{change: "{CHANGES[number].name}", {kind}: a reason}}\n'


def test_all_killed_is_well(play: Play, capsys: pytest.CaptureFixture[str]) -> None:
    played = Played(Outcome.ENDLESS)
    assert play.run(played, arguments=(PATH, "--jobs", "2", "--every", "3")) == 0
    assert played.asked == [([PATH], 3, 2)]
    assert f"| `{PATH}` | 10 / 10 | 100.0% | 0 |" in capsys.readouterr().out


def test_nine_of_ten_are_enough_and_each_survivor_is_named(
    play: Play, capsys: pytest.CaptureFixture[str]
) -> None:
    assert play.run(Played(Outcome.SURVIVED)) == 0
    said = capsys.readouterr().out
    assert "| **decision** | 9 / 10 | 90.0% | 0 |" in said
    first = CHANGES[0]
    assert f"{PATH}:{first.line}  {first.name}  (survived)" in said


def test_eight_of_ten_are_too_few(play: Play, capsys: pytest.CaptureFixture[str]) -> None:
    assert play.run(Played(Outcome.SURVIVED, Outcome.UNREACHED)) == 1
    said = capsys.readouterr().out
    assert "(no test executes it)" in said
    assert "below 90%: decision: write the missing tests" in said


def test_an_equivalent_one_counts_neither_way(
    play: Play, capsys: pytest.CaptureFixture[str]
) -> None:
    assert play.run(Played(Outcome.SURVIVED), entry(0, "equivalent")) == 0
    said = capsys.readouterr().out
    assert "| **decision** | 9 / 9 | 100.0% | 1 |" in said
    assert CHANGES[0].name not in said


def test_one_that_is_left_so_is_named_with_its_reason(
    play: Play, capsys: pytest.CaptureFixture[str]
) -> None:
    played = Played(Outcome.SURVIVED, Outcome.SURVIVED)
    assert play.run(played, entry(0, "survives")) == 1
    assert f"{CHANGES[0].name}  (a reason)" in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["equivalent", "survives"])
def test_a_stale_entry_is_an_error(
    play: Play, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    assert play.run(Played(), entry(0, kind)) == 1
    assert f"{CHANGES[0].name}: a test kills it: take the entry out" in capsys.readouterr().out
    gone = f"  - {{change: 'f: a -> b', {kind}: x}}\n"
    assert play.run(Played(), gone) == 1
    assert "f: a -> b: there is no such change: take the entry out" in capsys.readouterr().out


def test_tests_that_fail_without_any_change_are_reported(
    play: Play, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> list[Result]:
        raise Broken("without any change these fail: test_a")

    monkeypatch.setattr(session, "try_all", broken)
    assert command.main([PATH]) == 2
    assert "without any change these fail: test_a" in capsys.readouterr().err


def test_an_unknown_name_is_reported_with_the_known_ones(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert command.main(["no-such-thing"]) == 2
    said = capsys.readouterr().err
    assert "'no-such-thing' is no target and no file of one" in said
    assert '"saga", "orders"' in said
    with pytest.raises(SystemExit):
        command.main(["--jobs", "0"])


@pytest.mark.parametrize(
    ("name", "paths"),
    [
        (PATH, [PATH]),
        ("facade.routes.stages", [PATH]),
        ("decision", ["facade/routes/decision.py", PATH]),
        ("facade/routes/", ["facade/routes/decision.py", PATH]),
        ("facade.routes", ["facade/routes/decision.py", PATH]),
    ],
)
def test_a_target_is_named_by_itself_or_by_its_files(name: str, paths: list[str]) -> None:
    (found,) = targets.chosen([name])
    assert found.paths == paths
    assert targets.chosen([]) == list(targets.TARGETS)
