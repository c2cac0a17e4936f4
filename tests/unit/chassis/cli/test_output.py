"""One answer in two forms: words for people, a document for programs; errors likewise."""

import json

import click
import pytest
from click.testing import CliRunner

from chassis.cli.output import Output, json_option


@click.command()
@click.argument("ending")
@json_option("SHOP_JSON")
def shop(ending: str, out: Output) -> None:
    out.say("for people only")
    out.warn("take care")
    if ending == "refuse":
        out.refuse({"why": "closed"}, "the shop is closed")
        raise SystemExit(1)
    if ending == "fail":
        out.fail("no such shop", 2)
    out.give({"open": True, "where": out.options}, lambda: "the shop is open")


def call(*words: str, **env: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(shop, words, env=env)
    return done.exit_code, done.stdout, done.stderr


def test_people_get_words() -> None:
    assert call("give") == (0, "for people only\nthe shop is open\n", "take care\n")


@pytest.mark.parametrize(("words", "env"), [(("--json",), {}), ((), {"SHOP_JSON": "1"})])
def test_programs_get_one_document_and_nothing_else(
    words: tuple[str, ...], env: dict[str, str]
) -> None:
    code, said, complaint = call("give", *words, **env)
    assert (code, complaint) == (0, "")
    assert json.loads(said) == {"open": True, "where": ["--json"]}


@pytest.mark.parametrize(
    ("ending", "code", "document", "words"),
    [
        ("refuse", 1, {"ok": False, "why": "closed"}, "the shop is closed"),
        ("fail", 2, {"ok": False, "error": "no such shop"}, "no such shop"),
    ],
)
def test_a_negative_answer_is_on_stderr_or_a_document_on_stdout(
    ending: str, code: int, document: object, words: str
) -> None:
    assert call(ending) == (code, "for people only\n", f"take care\n{words}\n")
    found, said, complaint = call(ending, "--json")
    assert (found, complaint) == (code, "")
    assert json.loads(said) == document


def test_another_command_of_ours_is_named() -> None:
    assert Output(as_json=True).options == ["--json"]
    assert Output().options == []
