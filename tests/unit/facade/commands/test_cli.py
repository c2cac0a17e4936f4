"""The command line, without sockets: output for people and programs, exit codes, variables."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from facade.commands.cli import LATE, main
from facade.commands.confirm import Confirmation
from facade.routes.file.schema import schema_text

TEXT = """\
upstreams: {legacy: {url: "http://h:1"}, catalog: {service: catalog}}
routes:
  - name: detail  # goods
    match: GET /api/products/{sku}
    new: catalog
    stage: legacy
    key: [session]
    compare: {sample: 10%}
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A good route file in the current folder."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "routes.yaml"
    path.write_text(TEXT, "utf-8")
    return path


def call(*words: str, **variables: str) -> Result:
    return CliRunner().invoke(main, words, env=dict(variables), catch_exceptions=False)


def answer(*words: str) -> tuple[int, dict[str, Any]]:
    result = call(*words, "--json")
    return result.exit_code, json.loads(result.output)


class TestCheck:
    def test_good(self, file: Path) -> None:
        result = call("check")
        assert result.exit_code == 0
        assert result.stdout.startswith("routes.yaml: good (1 routes, 2 upstreams, version ")

    def test_bad(self, file: Path) -> None:
        file.write_text(TEXT.replace("legacy\n", "canry\n"), "utf-8")
        result = call("check", "routes.yaml")
        assert result.exit_code == 2
        assert "routes.yaml:6:12: stage: unknown stage 'canry'" in result.stderr
        assert "routes.yaml: 1 error" in result.stderr

    def test_json(self, file: Path) -> None:
        assert answer("check")[1]["ok"] is True
        file.write_text(TEXT.replace("legacy\n", "canry\n"), "utf-8")
        code, said = answer("check")
        assert (code, said["ok"], said["problems"][0]["line"]) == (2, False, 6)
        assert said["problems"][0]["route"] == "detail"

    def test_missing_file(self, file: Path) -> None:
        result = call("check", "none.yaml")
        assert result.exit_code == 2
        assert "none.yaml:1:1: cannot read the file" in result.stderr

    def test_against_the_file_in_force(self, file: Path) -> None:
        Path("next.yaml").write_text(TEXT.replace("legacy\n", "new\n"), "utf-8")
        result = call("check", "next.yaml", "--against", "routes.yaml")
        assert result.exit_code == 1
        assert "next.yaml:6:12: stage: 'detail' cannot go from legacy to new" in result.stderr
        assert call("check", "next.yaml", "--against", "next.yaml").exit_code == 0

    def test_the_file_from_the_environment(self, file: Path) -> None:
        assert call("check", FACADE_ROUTES="none.yaml").exit_code == 2


class TestFlip:
    def test_done(self, file: Path) -> None:
        result = call("flip", "detail", "shadow")
        assert result.exit_code == 0
        assert result.stdout.startswith("detail: legacy → shadow   (routes.yaml, version ")
        assert file.read_text("utf-8") == TEXT.replace("legacy\n", "shadow\n")

    def test_nothing_to_do(self, file: Path) -> None:
        result = call("flip", "detail", "legacy")
        assert (result.exit_code, "is in legacy already" in result.stdout) == (0, True)

    def test_refused(self, file: Path) -> None:
        result = call("flip", "detail", "canary", "5")
        assert result.exit_code == 1
        assert "go through shadow first: fig flip detail shadow" in result.stderr
        assert file.read_text("utf-8") == TEXT
        code, said = answer("flip", "detail", "canary", "5")
        assert (code, said["ok"]) == (1, False)

    @pytest.mark.parametrize(
        "words",
        [
            ("nowhere", "shadow"),
            ("detail", "canry"),
            ("detail", "canary", "101"),
            ("detail", "shadow", "--sample", "many"),
        ],
    )
    def test_bad_input(self, file: Path, words: tuple[str, ...]) -> None:
        assert call("flip", *words).exit_code == 2
        assert file.read_text("utf-8") == TEXT

    def test_a_broken_file_is_not_touched(self, file: Path) -> None:
        file.write_text(TEXT + "oops", "utf-8")
        assert call("flip", "detail", "shadow").exit_code == 2
        assert file.read_text("utf-8") == TEXT + "oops"

    def test_walk(self, file: Path) -> None:
        result = call("flip", "detail", "new", "--walk", "--force", "a test")
        assert result.exit_code == 0
        lines = result.stdout.splitlines()
        steps = [line.split("   (")[0] for line in lines if not line.startswith("  ")]
        assert steps == [
            "detail: legacy → shadow", "detail: shadow → canary 100%", "detail: canary 100% → new",
        ]  # fmt: skip

    def test_several_move_one_after_the_other(self, file: Path) -> None:
        second = TEXT.partition("routes:\n")[2].replace("detail", "list").replace("/{sku}", "")
        file.write_text(TEXT + second, "utf-8")
        result = call("flip", "detail,list", "shadow")
        assert result.exit_code == 0
        steps = [line.split("   (")[0] for line in result.stdout.splitlines()[::2]]
        assert steps == ["detail: legacy → shadow", "list: legacy → shadow"]
        assert call("flip", "detail,list", "new").exit_code == 1

    def test_a_mistyped_one_of_several_moves_none(self, file: Path) -> None:
        assert call("flip", "detail,lst", "shadow").exit_code == 2
        assert file.read_text("utf-8") == TEXT

    def test_json(self, file: Path) -> None:
        call("flip", "detail", "shadow")
        code, said = answer("flip", "detail", "canary", "12.5", "--force", "a test")
        assert code == 0
        assert said["from"] == {"stage": "shadow", "percent": None}
        assert said["to"] == {"stage": "canary", "percent": 12.5}
        assert (said["changed"], said["facade"]) == (True, "not-asked")

    @pytest.mark.parametrize(
        ("confirmation", "code", "said"),
        [
            (Confirmation("applied", 2, 0.031), 0, "all 2 workers decide by it after 31 ms"),
            (Confirmation("absent"), 0, "no facade answered; the file is written and takes effect"),
            (
                Confirmation("refused", detail="why"),
                1,
                "refused it, and the file is as it was: why",
            ),
            (Confirmation("late", detail="1 of 2"), 1, "not all workers decide by it yet: 1 of 2"),
            (Confirmation("elsewhere", detail="/x"), 0, "reads another file: /x"),
        ],
    )
    def test_what_the_facade_says(
        self, file: Path, monkeypatch: pytest.MonkeyPatch,
        confirmation: Confirmation, code: int, said: str,
    ) -> None:  # fmt: skip
        monkeypatch.setattr("facade.commands.flip.confirmed", lambda *_, **__: confirmation)
        result = call("flip", "detail", "shadow", FACADE_ADMIN="127.0.0.1:1")
        assert result.exit_code == code
        assert said in result.stdout

    def test_a_walk_ends_where_the_facade_refuses(
        self, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        refused = Confirmation("refused", detail="why")
        monkeypatch.setattr("facade.commands.flip.confirmed", lambda *_, **__: refused)
        before = file.read_bytes()
        assert call("flip", "detail", "new", "--walk", "--admin", "h:1").exit_code == 1
        assert file.read_bytes() == before

    def test_a_walk_ends_where_nobody_confirms_a_step(
        self, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(
            "facade.commands.flip.confirmed", lambda *_, **__: Confirmation("absent")
        )
        result = call("flip", "detail", "new", "--walk", "--admin", "h:1")
        assert result.exit_code == 1
        assert "no facade confirms its steps" in result.stderr
        assert "stage: shadow" in file.read_text("utf-8")
        assert call("flip", "detail", "legacy", "--walk", "--admin", "h:1").exit_code == 0

    def test_a_refused_step_stays_where_somebody_else_has_edited_since(
        self, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def meanwhile(*_: object, **__: object) -> Confirmation:
            file.write_text(file.read_text("utf-8") + "# mine\n", "utf-8")
            return Confirmation("refused", detail="why")

        monkeypatch.setattr("facade.commands.flip.confirmed", meanwhile)
        result = call("flip", "detail", "shadow", "--admin", "h:1")
        assert (result.exit_code, "was edited meanwhile" in result.stderr) == (1, True)
        assert "stage: shadow" in file.read_text("utf-8")
        assert file.read_text("utf-8").endswith("# mine\n")


class TestExplain:
    def test_for_people(self, file: Path) -> None:
        result = call("explain", "GET", "/api/products/17", "--user", "42")
        assert result.exit_code == 0
        assert "GET /api/products/17\n  route     detail   GET /api/products/{sku}" in result.stdout
        assert "the route is in stage legacy" in result.stdout

    def test_for_programs(self, file: Path) -> None:
        words = (
            "GET",
            "/api/products/17",
            "--cookie",
            "session=42",
            "--header",
            "A: b",
            "--client",
        )
        code, said = answer("explain", *words, "10.0.0.1")
        assert (code, said["side"], said["key"], said["key_source"]) == (
            0,
            "legacy",
            "42",
            "session",
        )

    def test_a_refused_target(self, file: Path) -> None:
        result = call("explain", "GET", "/api%00")
        assert result.exit_code == 1
        assert "400 Bad Request" in result.stderr

    def test_bad_input(self, file: Path) -> None:
        assert call("explain", "GET", "/", "--header", "nocolon").exit_code == 2
        assert call("explain", "GET", "/", "--routes", "none.yaml").exit_code == 2


class TestRun:
    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (("--listen", "nowhere"), "--listen:"),
            (("--workers", "0"), "--workers:"),
            (("--upstream", "legacy"), "--upstreams:"),
            (("--upstream", "legcy=http://h:1"), "unknown upstream 'legcy' (did you mean 'legacy'"),
            (("--nats-url", "http://h"), "--nats-url:"),
            (("--routes", "none.yaml"), "none.yaml:1:1: cannot read the file"),
        ],
    )
    def test_bad_input(self, file: Path, words: tuple[str, ...], said: str) -> None:
        result = call("run", *words)
        assert result.exit_code == 2
        assert said in result.stderr

    def test_a_broken_file_refuses_the_start(self, file: Path) -> None:
        file.write_text("routes: []", "utf-8")
        result = call("run")
        assert result.exit_code == 2
        assert "'upstreams' is missing" in result.stderr


def test_each_is_in_the_help_and_has_its_own() -> None:
    listed = call("--help").stdout
    for name in LATE:
        assert f"\n  {name} " in listed
        assert call(name, "--help").exit_code == 0
    assert "\n  facade " not in listed


def test_a_command_does_not_wait_for_what_the_others_need() -> None:
    look = "import sys, facade.commands.cli; print(*sorted(sys.modules))"
    names = subprocess.run(
        [sys.executable, "-c", look], capture_output=True, text=True, check=True
    ).stdout.split()
    ours = [name for name in names if name.startswith("facade.")]
    assert ours == ["facade.commands", "facade.commands.cli"]


def test_fig_facade_is_run_by_another_name() -> None:
    assert call("facade", "--help").stdout.splitlines()[0].endswith(" facade [OPTIONS]")
    assert call("facade", "--listen", "nowhere").exit_code == 2
    assert "No such command 'nothing'" in call("nothing").stderr


def test_schema() -> None:
    assert call("schema").stdout == schema_text()
