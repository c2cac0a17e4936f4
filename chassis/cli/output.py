"""What a command answers: words for people or, with --json, one document for programs."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])
_ASKED = "chassis.cli.output.as_json"  # of a click.Context and its parents


@dataclass(frozen=True, slots=True)
class Output:
    """Where one call's answer goes; every command gets one from `json_option`."""

    as_json: bool = False

    def give(self, document: object, words: str | Callable[[], str]) -> None:
        """The answer, in the one form or the other; words that cost something are a function."""
        if self.as_json:
            click.echo(json.dumps(document, default=str))
        else:
            click.echo(words() if callable(words) else words)

    def say(self, words: str) -> None:
        """What only people want to know meanwhile."""
        if not self.as_json:
            click.echo(words)

    def warn(self, words: str) -> None:
        """The same, on stderr."""
        if not self.as_json:
            click.echo(words, err=True)

    def refuse(self, document: Mapping[str, object], words: str) -> None:
        """A negative answer: words on stderr or, for programs, `{"ok": false, …}` on stdout."""
        self.warn(words)
        if self.as_json:
            click.echo(json.dumps({"ok": False, **document}))

    def fail(self, message: str, exit_code: int) -> NoReturn:
        """End with one message, for programs the `error` of a negative answer."""
        self.refuse({"error": message}, message)
        raise SystemExit(exit_code)

    @property
    def options(self) -> list[str]:
        """As another of our commands takes it."""
        return ["--json"] if self.as_json else []


def json_option(variable: str | None = None) -> Callable[[Command], Command]:
    """`--json`, also the environment's `variable`: the command's parameter `out`."""

    def taken(context: click.Context, _option: click.Parameter, given: bool) -> Output:
        context.meta[_ASKED] = given
        return Output(given)

    return click.option(
        "--json",
        "out",
        is_flag=True,
        envvar=variable,
        callback=taken,
        help="Answer in JSON, for programs.",
    )


def output_of(context: click.Context) -> Output:
    """Where the command that was called beneath this context answers."""
    return Output(context.meta.get(_ASKED, False))
