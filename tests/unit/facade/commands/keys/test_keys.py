"""`fig keys add`, `list`, `end` and `rotate`, by their words and files."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from facade.commands.cli import main
from facade.commands.keys.add import end_of
from facade.runtime import rotation
from facade.runtime.keyring import ensure, in_folder

FILE = "upstreams: {legacy: {url: http://h}}\n"
NAMED = FILE + "machines: {keys: {file: sub/keys.json}}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sub").mkdir()
    (tmp_path / "routes.yaml").write_text(NAMED)
    return tmp_path


def run(folder: Path, *words: str) -> Result:
    command = ["keys", words[0], "--routes", str(folder / "routes.yaml"), *words[1:]]
    return CliRunner().invoke(main, command, catch_exceptions=False)


def answer(folder: Path, *words: str) -> Any:
    return json.loads(run(folder, *words, "--json").output)


def test_a_key_is_shown_once_listed_and_ended(folder: Path) -> None:
    text = run(folder, "add", "bookkeeper", "--scope", "a:b", "--scope", "c", "--ends", "90d")
    assert text.exit_code == 0 and text.output.startswith("fig_")
    key = text.output.strip()
    assert key not in (folder / "sub" / "keys.json").read_text()
    (listed,) = answer(folder, "list")["keys"]
    assert (listed["owner"], listed["scopes"], listed["valid"]) == (
        "bookkeeper",
        ["a:b", "c"],
        True,
    )
    assert "sha256" not in listed and key.startswith(f"fig_{listed['id']}_")
    assert "bookkeeper" in run(folder, "list").output
    assert (
        run(folder, "end", listed["id"]).output
        == f"{listed['id']} of bookkeeper is valid no more\n"
    )
    (ended,) = answer(folder, "list")["keys"]
    assert not ended["valid"]
    assert run(folder, "end", listed["id"]).exit_code == 0
    assert answer(folder, "list")["keys"] == [ended], "it ends once"
    assert "ended" in run(folder, "list").output


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("add", "a b"), 2, "an owner is a name or an e-mail address"),
        (("add", "a", "--scope", 'x"y'), 2, "a scope is a word"),
        (("add", "a", "--ends", "soon"), 2, "expected 90d or 2027-01-31"),
        (("add", "a", "--ends", "2020-01-01"), 2, "is over"),
        (("end", "nobody"), 1, "no key has the id nobody"),
    ],
)
def test_what_is_refused(folder: Path, words: tuple[str, ...], code: int, said: str) -> None:
    done = run(folder, *words)
    assert (done.exit_code, said in done.output) == (code, True), done.output


def test_a_file_must_be_named_and_whole(folder: Path) -> None:
    assert run(folder, "list").output == "no keys\n"
    (folder / "sub" / "keys.json").write_text("{")
    for words in (("list",), ("add", "a"), ("end", "x")):
        done = run(folder, *words)
        assert done.exit_code == 2 and "not a file of API keys" in done.output
    assert (folder / "sub" / "keys.json").read_text() == "{"
    (folder / "routes.yaml").write_text(FILE)
    assert "names no file of API keys" in run(folder, "list").output
    assert run(folder, "list", "--file", str(folder / "other.json")).output == "no keys\n"
    (folder / "routes.yaml").unlink()
    assert run(folder, "list").exit_code == 2


def test_the_last_day_counts_whole() -> None:
    now = datetime(2026, 11, 30, 23, 0, tzinfo=UTC).timestamp()
    assert end_of(None, now) is None
    assert end_of("1d", now) == now + 86_400
    assert end_of("2026-11-30", now) == now + 3600
    with pytest.raises(click.BadParameter):
        end_of("9999-12-31", now)


def test_another_key_signs_and_a_killed_rotation_goes_on(folder: Path) -> None:
    files = in_folder(folder)
    ensure(files)
    key, public = files.identity, folder / "public.json"
    words = ("rotate", "--key", str(key), "--public", str(public), "--settle", "0", "--retain", "0")

    def kid() -> str:
        return str(json.loads(key.read_bytes())["kid"])

    old = kid()
    found = answer(folder, *words)
    assert found["kid"] == kid() != old
    assert [one["kid"] for one in json.loads(public.read_bytes())["keys"]] == [kid()]
    assert not rotation.last_of(key).exists()

    before = kid()
    rotation.announce(key)
    announced = json.loads(rotation.next_of(key).read_bytes())["kid"]
    assert answer(folder, *words)["kid"] == announced, "killed before it switched"
    rotation.announce(key)
    rotation.switch(key)
    switched = kid()
    began = time.monotonic()
    done = run(folder, *words)
    assert "an earlier call had switched already" in done.output
    assert kid() == switched != before and time.monotonic() - began < 60
    assert not rotation.last_of(key).exists()


def test_without_a_key_there_is_nothing_to_replace(folder: Path) -> None:
    done = run(folder, "rotate")
    assert done.exit_code == 2 and "name it with --key" in done.output
