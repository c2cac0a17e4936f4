"""The list of commands. Mirrors fig/__main__.py."""

import json
import re
from importlib.metadata import version

import click
import pytest
from click.testing import CliRunner

from fig import __main__
from fig.__main__ import ANY_FACADE, COMMANDS, MONOLITH, SHOP, cli, main
from fig.settings import Home
from fig.stack.ended import Ended, write


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_its_name_and_its_help(name):
    """Looked at and not called: some become another program at once."""
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert command.name == name
    assert command.help


def test_an_unknown_command_is_a_wrong_call(tmp_path):
    result = CliRunner().invoke(cli, ["--home", str(tmp_path), "fly"])
    assert result.exit_code == 2
    assert "No such command 'fly'" in result.output


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["restart", "catalog"], 1, "nothing runs in {home}; start it with `fig up --detach`"),
        (["kill", "catalog"], 1, "nothing runs"),
        (["compare"], 1, "nothing runs in {home}; name a facade with --admin HOST:PORT, or start"),
        (["lag"], 1, "nothing runs in {home}; name a facade with --admin HOST:PORT, or start"),
        (["status", "--admin", ":1"], 1, "at http://127.0.0.1:1 does not answer"),
        (["logs", "catalog"], 2, "no log of 'catalog'"),
        (["logs", "catalog", "--follow", "--json"], 2, "--json and --follow"),
        (["up", "--json"], 2, "--json needs --detach"),
        (["up", "--port-base", "70000"], 2, "FIG_PORT_BASE=70000: expected a number from"),
    ],
)
def test_errors_say_what_to_do_and_have_their_exit_code(
    arguments, code, words, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr("sys.argv", ["fig", "--home", str(tmp_path), *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == code
    assert words.format(home=tmp_path) in capsys.readouterr().err


@pytest.mark.parametrize("name", ["compare", "lag", "kill", "verify"])
@pytest.mark.parametrize("how", ["option", "variable"])
def test_in_json_an_error_is_a_document(name, how, tmp_path, monkeypatch, capsys):
    given = [name, *(["catalog"] if name == "kill" else [])]
    if how == "variable":
        monkeypatch.setenv(f"FIG_{name.upper()}_JSON", "1")
    else:
        given.append("--json")
    monkeypatch.setattr("sys.argv", ["fig", "--home", str(tmp_path), *given])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    document = json.loads(said.out)
    assert (ended.value.code, document["ok"]) == (1, False)
    assert "nothing runs in" in document["error"] and document["error"] in said.err


def test_down_and_status_with_nothing_running(tmp_path):
    down = CliRunner().invoke(cli, ["--home", str(tmp_path), "down"])
    assert (down.exit_code, down.output) == (0, "nothing runs\n")
    done = CliRunner().invoke(cli, ["--home", str(tmp_path), "down", "--json"])
    assert (done.exit_code, done.output) == (0, '{"stopped": false}\n')
    status = CliRunner().invoke(cli, ["--home", str(tmp_path), "status", "--json"])
    assert (status.exit_code, status.output) == (1, '{"running": false, "sidecar": null}\n')


def test_logs_in_json(tmp_path):
    names = CliRunner().invoke(cli, ["--home", str(tmp_path), "logs", "--json"])
    assert (names.exit_code, names.output) == (0, '{"logs": []}\n')
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "catalog.log").write_text("one\ntwo\nthree\n")
    lines = CliRunner().invoke(cli, ["--home", str(tmp_path), "logs", "catalog", "-n2", "--json"])
    assert lines.output == '{"name": "catalog", "lines": ["two", "three"]}\n'


def test_help_says_which_commands_need_the_shop():
    done = CliRunner().invoke(cli, ["--help"]).output
    alone, _, shop = done.partition("With the shop, from its checkout:")
    for name in ANY_FACADE:
        assert f"  {name} " in alone.partition("With any facade:")[2]
    for name in SHOP:
        assert f"  {name} " in shop


def test_in_a_tree_without_the_monolith_help_and_commands_say_so(monkeypatch, capsys, tmp_path):
    def gone(name):
        missing = f"fig.commands.data.{name}"
        raise ModuleNotFoundError(f"No module named '{missing}'", name=missing)

    monkeypatch.setattr(__main__, "_monolith_here", lambda: False)
    monkeypatch.setattr(__main__, "_load", gone)
    done = CliRunner().invoke(cli, ["--help"]).output
    for name in MONOLITH:
        assert re.search(rf"  {name} +needs the monolith, and there is none", done)
    monkeypatch.setattr("sys.argv", ["fig", "--home", str(tmp_path), "feed", "resnapshot", "x"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert "`fig feed`: needs the monolith, and there is none" in capsys.readouterr().err


@pytest.mark.parametrize("how", ["alone", "farewell"])
@pytest.mark.parametrize("words", [["cutover", "goods"], ["feed", "resnapshot", "product"]])
def test_in_a_shop_without_the_monolith_they_say_so(how, words, monkeypatch, capsys, tmp_path):
    if words[0] == "feed" and not __main__._monolith_here():
        pytest.skip("this tree has no such command any more")
    write(Home(tmp_path), Ended(0.0, how, "/a/legacy.dump"))
    monkeypatch.setattr("sys.argv", ["fig", "--home", str(tmp_path), *words])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr().err
    assert (ended.value.code, "/a/legacy.dump" in said) == (1, how == "farewell")
    assert ("never had a" if how == "alone" else "has no") + " monolith" in said


def test_the_version():
    done = CliRunner().invoke(cli, ["--version"])
    assert (done.exit_code, done.output) == (0, f"Strangler Fig {version('strangler-fig')}\n")


@pytest.mark.parametrize("name", SHOP)
def test_without_the_shop_its_commands_say_what_to_do(name, monkeypatch, capsys, tmp_path):
    def gone(name):
        raise ModuleNotFoundError("No module named 'fig.stack'", name="fig.stack")

    monkeypatch.setattr(__main__, "_load", gone)
    monkeypatch.setattr("sys.argv", ["fig", "--home", str(tmp_path), name, "--json", "x"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert f"`fig {name}`: this needs the shop" in (said := capsys.readouterr().err)
    assert "`make install` in a checkout" in said


def test_a_library_that_any_facade_needs_is_not_taken_for_the_shop(monkeypatch):
    def gone(name):
        raise ModuleNotFoundError("No module named 'click'", name="click")

    monkeypatch.setattr(__main__, "_load", gone)
    with pytest.raises(ModuleNotFoundError):
        cli.get_command(click.Context(cli), "check")
