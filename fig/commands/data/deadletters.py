"""`fig deadletters`: events that a consumer could not take."""

import asyncio
import json
from collections.abc import Sequence

import click

from chassis.cli.output import Output, json_option
from chassis.cli.tables import table
from fig.clients import running
from fig.clients.deadletters import DeadLetter, DeadLetters, opened
from fig.errors import NEGATIVE, BadSetting
from fig.settings import Home
from fig.stack import credentials
from fig.stack.engines.bus_rights import OPERATOR
from fig.stack.ports import HOST

HEAD = ("number", "consumer", "event", "attempts", "why")
MOST = 200  # of a list without --all


@click.command()
@click.argument(
    "action", type=click.Choice(["list", "show", "replay", "drop"]), default="list", required=False
)
@click.argument("numbers", nargs=-1, type=int)
@click.option("--all", "every", is_flag=True, envvar="FIG_DEADLETTERS_ALL", help="Every one.")
@click.option(
    "--nats",
    "url",
    envvar="FIG_NATS_URL",
    help="URL of a bus.  [default: of the running stack]",
)
@json_option("FIG_DEADLETTERS_JSON")
@click.pass_obj
def deadletters(
    home: Home, action: str, numbers: tuple[int, ...], every: bool, url: str | None, out: Output
) -> None:
    """List dead letters, show one whole, send it to its consumers again, or drop it.

    A consumer that has handled an event knows its id and skips it: a replay reaches the others.
    Exit code 0: none are left, or it was done; 1: some are there; 2: no such number.
    """
    if action != "list" and not numbers and not every:
        raise BadSetting(f"which ones? `fig deadletters {action} NUMBER…`, or --all")
    found, more = asyncio.run(_carry_out(url or _bus(home), action, numbers, every))
    letters = [letter.to_dict() for letter in found]
    answer = {"action": action, "letters": letters, "more": more}
    out.give(answer, lambda: text(action, found, more))
    if action == "list" and found:
        raise SystemExit(NEGATIVE)


def _bus(home: Home) -> str:
    port = running.require(home).ports["nats"]
    secret = credentials.load(home.secrets)["nats"]
    return f"nats://{OPERATOR}:{secret}@{HOST}:{port}"


async def _carry_out(
    url: str, action: str, numbers: Sequence[int], every: bool
) -> tuple[list[DeadLetter], int]:
    """The letters, and how many more there are."""
    async with opened(url) as letters:
        if every:
            return [await _one(letters, action, one.number) async for one in letters.each()], 0
        if action == "list":
            return await _oldest(letters)
        return [await _one(letters, action, number) for number in numbers], 0


async def _oldest(letters: DeadLetters) -> tuple[list[DeadLetter], int]:
    found: list[DeadLetter] = []
    async for letter in letters.each():
        if len(found) == MOST:
            return found, max(1, await letters.count() - MOST)
        found.append(letter)
    return found, 0


async def _one(letters: DeadLetters, action: str, number: int) -> DeadLetter:
    """Do it to this one."""
    if action == "replay":
        return await letters.replay(number)
    letter = await letters.one(number)
    if action == "drop":
        await letters.drop(number)
    return letter


def text(action: str, letters: Sequence[DeadLetter], more: int = 0) -> str:
    """A row for each, and how many more there are; `show` the whole."""
    if not letters:
        return "no dead letters"
    if action == "show":
        return "\n\n".join(_whole(letter) for letter in letters)
    rows = [
        (str(one.number), one.consumer, one.subject, one.attempts, one.error) for one in letters
    ]
    done = {"replay": "sent again:\n", "drop": "dropped:\n"}.get(action, "")
    rest = f"\nand {more} more; --all lists them" if more else ""
    return done + table(HEAD, rows) + rest


def _whole(letter: DeadLetter) -> str:
    body = json.dumps(letter.content, indent=2, ensure_ascii=False)
    return (
        f"{letter.number}: {letter.subject}, for {letter.consumer},"
        f" given up after {letter.attempts} attempts\n{letter.error}\n{body}"
    )
