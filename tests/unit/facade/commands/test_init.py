"""`fig init`: questions, refusals, and the file it writes."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from facade.commands import init as command
from facade.commands.cli import main
from facade.draft import watching
from facade.draft.seen import Seen
from facade.routes.file.reading import load_path

LOG = '1.2.3.4 - - [x] "GET /reports/1 HTTP/1.1" 200 10\n'
LEGACY = "http://127.0.0.1:1"
Call = Callable[..., Result]


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Calls `init` in an empty folder; with `answers` as if somebody sat at a terminal."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        watching, "first_page", lambda _: Seen("GET", "/", 200, set_cookies=("sid",))
    )
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)

    def invoke(*words: str, answers: list[str] | None = None) -> Result:
        monkeypatch.setattr(command, "_terminal", lambda: answers is not None)
        lines = "".join(f"{one}\n" for one in answers or ())
        return CliRunner().invoke(main, ["init", "--legacy", LEGACY, *words], input=lines)

    return invoke


def test_three_questions_at_most(call: Call, tmp_path: Path) -> None:
    (tmp_path / "routes.yaml").write_text("mine\n")
    (tmp_path / "access.log").write_text(LOG)
    result = call(answers=["http://127.0.0.1:7000", "access.log", "y"])
    assert result.exit_code == 0, result.output
    file = load_path(tmp_path / "routes.yaml").file
    assert [route.name for route in file.routes] == ["report"]
    assert file.upstreams["new"].urls == ("http://127.0.0.1:7000",)
    assert file.facade.session_cookie == "sid"


def test_what_options_say_is_not_asked(call: Call, tmp_path: Path) -> None:
    (tmp_path / "access.log").write_text(LOG)
    result = call("--new", "http://127.0.0.1:7000", "--from", "access.log", answers=[])
    assert result.exit_code == 0, result.output
    assert "?" not in result.output


@pytest.mark.parametrize("answer", ["", "n"])
def test_a_file_is_not_overwritten_without_a_yes(answer: str, call: Call, tmp_path: Path) -> None:
    (tmp_path / "routes.yaml").write_text("mine\n")
    result = call(answers=["", "", answer])
    assert result.exit_code == 1
    assert "routes.yaml exists; --overwrite replaces it" in result.stderr
    assert (tmp_path / "routes.yaml").read_text() == "mine\n"


@pytest.mark.parametrize("words", [("--yes",), ("--json",), ()])
def test_nor_where_nobody_can_be_asked(words: tuple[str, ...], call: Call, tmp_path: Path) -> None:
    (tmp_path / "routes.yaml").write_text("mine\n")
    assert call(*words).exit_code == 1
    assert (tmp_path / "routes.yaml").read_text() == "mine\n"
    assert call(*words, "--overwrite").exit_code == 0
    assert (tmp_path / "routes.yaml").read_text() != "mine\n"


def test_a_file_that_comes_while_we_look_stays(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(_legacy: str, _listen: str, _seconds: float) -> list[Seen]:
        (tmp_path / "routes.yaml").write_text("theirs\n")
        return []

    monkeypatch.setattr(watching, "watch", meanwhile)
    assert call("--watch", "1s", "--yes").exit_code == 1
    assert (tmp_path / "routes.yaml").read_text() == "theirs\n"


def test_in_json(call: Call) -> None:
    assert json.loads(call("--json").stdout) == {
        "ok": True, "file": "routes.yaml", "requests": 0, "routes": 0, "proposals": 0,
        "session_cookie": "sid", "legacy_answers": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--from", "gone.log"), 2, "cannot read gone.log: No such file"),
        (("--app", "gone:app"), 2, "cannot import gone:app"),
        (("--new", "ftp://x"), 2, "expected an address such as"),
        (("--watch", "soon"), 2, "soon"),
        (("--output", "no/such/routes.yaml"), 2, "cannot write no/such/routes.yaml"),
    ],
)
def test_what_cannot_be_is_said(words: tuple[str, ...], code: int, said: str, call: Call) -> None:
    result = call(*words, "--yes")
    assert (result.exit_code, said in result.stderr) == (code, True), result.output


@pytest.mark.parametrize(
    ("answer", "way"), [("60s", "watch"), ("shop:app", "app"), ("gone.log", "files")]
)
def test_traffic_is_named_in_any_way(answer: str, way: str, call: Call) -> None:
    options = command.Options(
        LEGACY, None, (), None, None, "python", ":1", Path("r"), False, Path("v")
    )
    given = command.named_traffic(options, answer)
    assert bool(getattr(given, way))
    assert sum(bool(getattr(given, one)) for one in ("watch", "app", "files")) == 1
