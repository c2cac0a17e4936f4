"""The words of `python -m compiling`, and what is said where compiling cannot be done."""

import pytest

from compiling import __main__ as command
from compiling import place


def test_a_word_that_is_none_is_refused() -> None:
    for words in ([], ["compile"], ["put", "away"]):
        with pytest.raises(SystemExit, match="usage: "):
            command.main(words)


def test_without_a_compiler_nothing_is_offered_and_put_says_why(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "missing", lambda: "the C compiler (cc)")
    monkeypatch.setattr(command, "complaint", lambda: None)
    command.main(["offer"])
    assert capsys.readouterr().out == ""
    with pytest.raises(SystemExit, match=r"needs the C compiler \(cc\)"):
        command.main(["put"])


@pytest.mark.parametrize(("absent", "said"), [(None, ""), ("a linker", "a linker\n")])
def test_lack_names_what_is_missing(
    absent: str | None,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(command, "missing", lambda: absent)
    command.main(["lack"])
    assert capsys.readouterr().out == said


def test_what_the_compiler_says_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_root: object) -> int:
        raise RuntimeError("x.py:1: error")

    monkeypatch.setattr(command, "missing", lambda: None)
    monkeypatch.setattr(place, "put", fails)
    with pytest.raises(SystemExit, match=r"nothing was compiled:\nx\.py:1: error"):
        command.main(["put"])


@pytest.mark.parametrize(("found", "said"), [(3, "are removed"), (0, "there were no")])
def test_away_says_what_it_did(
    found: int, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(place, "take_away", lambda _root: found)
    command.main(["away"])
    assert said in capsys.readouterr().out
