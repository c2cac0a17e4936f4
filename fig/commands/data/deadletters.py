"""`fig deadletters`: events that a consumer could not handle."""

import asyncio
import json
from collections.abc import Sequence

import click

from chassis.cli.output import Output, json_option
from chassis.cli.tables import table
from fig.clients import access
from fig.clients.deadletters import DeadLetter, DeadLetters, opened
from fig.errors import NEGATIVE, BadSetting
from fig.settings import Home

HEAD = ("number", "consumer", "event", "attempts", "why")
MOST = 200  # of a list without --all


@click.command()
@click.argument("action", type=click.Choice(["list", "show", "replay", "drop"]), default="list",
                required=False)  # fmt: skip
@click.argument("numbers", nargs=-1, type=int)
@click.option("--all", "every", is_flag=True, envvar="FIG_DEADLETTERS_ALL", help="All of them.")
@click.option("--nats", "url", envvar="FIG_NATS_URL",
              help="URL of a bus.  [default: of the running stack]")  # fmt: skip
@json_option("FIG_DEADLETTERS_JSON")
@click.pass_obj
def deadletters(
    home: Home, action: str, numbers: tuple[int, ...], every: bool, url: str | None, out: Output
) -> None:
    """List dead letters, show one in full, send it to its consumers again, or drop it.

    A consumer that has handled an event skips it by its id, so a replay reaches only the others.
    Exit code 0: the list is empty, or the action is done; 1: there are some; 2: no such number.
    """
    if action != "list" and not numbers and not every:
        raise BadSetting(f"name the numbers: `fig deadletters {action} NUMBER…`, or --all")
    found, more = asyncio.run(_carry_out(url or access.bus(home), action, numbers, every))
    answer = {"action": action, "letters": [one.to_dict() for one in found], "more": more}
    out.give(answer, lambda: text(action, found, more))
    if action == "list" and found:
        raise SystemExit(NEGATIVE)


async def _carry_out(
    url: str, action: str, numbers: Sequence[int], every: bool
) -> tuple[list[DeadLetter], int]:
    """The dead events, and how many more there are."""
    async with opened(url) as stream:
        if every:
            return [await _one(stream, action, one.number) async for one in stream.each()], 0
        if action == "list":
            return await _oldest(stream)
        return [await _one(stream, action, number) for number in numbers], 0


async def _oldest(stream: DeadLetters) -> tuple[list[DeadLetter], int]:
    found: list[DeadLetter] = []
    async for dead in stream.each():
        if len(found) == MOST:
            return found, max(1, await stream.count() - MOST)
        found.append(dead)
    return found, 0


async def _one(stream: DeadLetters, action: str, number: int) -> DeadLetter:
    """Carry the action out on this one, and return it."""
    if action == "replay":
        return await stream.replay(number)
    dead = await stream.one(number)
    if action == "drop":
        await stream.drop(number)
    return dead


def text(action: str, found: Sequence[DeadLetter], more: int = 0) -> str:
    """A row for each, and how many more there are; with `show` each in full."""
    if not found:
        return "no dead letters"
    if action == "show":
        return "\n\n".join(map(_whole, found))
    rows = [(str(one.number), one.consumer, one.subject, one.attempts, one.error) for one in found]
    done = {"replay": "sent again:\n", "drop": "dropped:\n"}.get(action, "")
    rest = f"\nand {more} more; --all lists them" if more else ""
    return done + table(HEAD, rows) + rest


def _whole(dead: DeadLetter) -> str:
    body = json.dumps(dead.content, indent=2, ensure_ascii=False)
    return (
        f"{dead.number}: {dead.subject}, for {dead.consumer},"
        f" given up after {dead.attempts} attempts\n{dead.error}\n{body}"
    )
