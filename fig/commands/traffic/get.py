"""`fig get PATH`: send one GET, or repeat it until a wanted answer; show which side answered."""

import time
from collections import Counter
from collections.abc import Callable

import click

from chassis.cli.output import Output, json_option
from fig.clients import running
from fig.clients.shop import Customer, Reply, ask
from fig.errors import NEGATIVE, BadSetting, FigError
from fig.settings import Home
from fig.stack.ports import HOST

POLL_SECONDS = 0.1
SHOWN = 160  # characters of a body
SAME = "same:"
ERROR = 400


@click.command()
@click.argument("path")
@click.option("--from", "source", default="facade", show_default=True, envvar="FIG_GET_FROM",
              help="The server to ask: the facade, or one behind it, such as legacy.")  # fmt: skip
@click.option("--customer", is_flag=True, envvar="FIG_GET_CUSTOMER",
              help="Log in as a customer first.")  # fmt: skip
@click.option("--times", type=click.IntRange(1, 10_000), default=1, envvar="FIG_GET_TIMES",
              help="Send it so often, and count; with --until, so often in a row.")  # fmt: skip
@click.option("--until", metavar="WANTED", envvar="FIG_GET_UNTIL",
              help="Repeat until this answer: a status, `failed`, `same:NAME` (the JSON that"
                   " server NAME gives), or a text in Fig-Decision or the body.")  # fmt: skip
@click.option("--patience", type=float, default=30.0, show_default=True, envvar="FIG_GET_PATIENCE",
              help="With --until: give up after so many seconds.")  # fmt: skip
@json_option("FIG_GET_JSON")
@click.pass_obj
def get(
    home: Home, path: str, source: str, customer: bool, times: int, until: str | None,
    patience: float, out: Output,
) -> None:  # fmt: skip
    """Send GET PATH to the running stack; show status, decision and the beginning of the body.

    Exit code 0: a status below 400, or the answer of --until; 1: another answer, or none.
    """
    base = _base(home, source)
    one = Customer(base, home.folder / "run" / "customer.json").ask if customer else None
    once: Callable[[], Reply] = lambda: one(path) if one else ask(base, path)  # noqa: E731
    if until is not None:
        reply = _until(once, _wanted(home, path, until), times, time.monotonic() + patience)
        good = reply is not None
    else:
        replies = [once() for _ in range(times)]
        reply, good = replies[-1], all(0 < one.status < ERROR for one in replies)
        if times > 1:
            counts = _counted(replies)
            out.give({"ok": good, "answers": counts}, _lines(counts))
            raise SystemExit(0 if good else NEGATIVE)
    if reply is None:
        raise FigError(f"{source} did not answer with '{until}' within {patience:g} s")
    out.give({"ok": good, **_document(reply)}, _words(reply, source))
    raise SystemExit(0 if good else NEGATIVE)


def _base(home: Home, source: str) -> str:
    ports = running.require(home).ports
    if source not in ports:
        raise BadSetting(f"unknown server '{source}' (expected one of {', '.join(ports)})")
    return f"http://{HOST}:{ports[source]}"


def _wanted(home: Home, path: str, until: str) -> Callable[[Reply], bool]:
    if until.startswith(SAME):
        other = _base(home, until.removeprefix(SAME))
        return lambda reply: reply.json is not None and reply.json == ask(other, path).json
    if until == "failed" or (until.isdecimal() and len(until) == 3):
        return lambda reply: reply.word == until
    return lambda reply: until in reply.decision or until in reply.body.decode("utf-8", "replace")


def _until(
    once: Callable[[], Reply], wanted: Callable[[Reply], bool], times: int, deadline: float
) -> Reply | None:
    """The last of so many wanted replies in a row; None when the time is over."""
    in_a_row = 0
    while True:
        reply = once()
        in_a_row = in_a_row + 1 if wanted(reply) else 0
        if in_a_row >= times:
            return reply
        if in_a_row:
            continue
        if time.monotonic() > deadline:
            return None
        time.sleep(POLL_SECONDS)


def _counted(replies: list[Reply]) -> dict[str, int]:
    return Counter(f"{reply.word} {reply.decision}".strip() for reply in replies)


def _lines(counts: dict[str, int]) -> str:
    return "\n".join(f"{count:>5} x {words}" for words, count in counts.items())


def _document(reply: Reply) -> dict[str, object]:
    return {
        "status": reply.status or None,
        "error": reply.broken or None,
        "decision": reply.decision or None,
        "age": reply.headers.get("age"),
        "body": reply.json,
    }


def _words(reply: Reply, source: str) -> str:
    if reply.broken:
        return f"{source}: no answer: {reply.broken}"
    who = f"; {reply.decision}" if reply.decision else ""
    text = " ".join(reply.body.decode("utf-8", "replace").split())
    shown = text if len(text) <= SHOWN else f"{text[:SHOWN]}..."
    return f"{source}: {reply.status} in {reply.seconds * 1000:.0f} ms{who}\n{shown}"
