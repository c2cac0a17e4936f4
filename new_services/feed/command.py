"""`python -m new_services.feed resnapshot TABLE [--from KEY] [--to KEY] [--json]`.

Asks the running feed to read a table, or a range of its keys, again. What streams by meanwhile
goes on and beats what is read. Exit code 1: no feed answers, 2: what is asked for does not exist.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence

import nats
import orjson

from contracts.subjects import RESNAPSHOT_SUBJECT

REFUSED, WRONG = 1, 2
SECONDS = 5.0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="feed", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    again = commands.add_parser("resnapshot", help="read a table again while the stream runs")
    again.add_argument("table")
    again.add_argument("--from", dest="first", metavar="KEY", help="the first key")
    again.add_argument("--to", dest="last", metavar="KEY", help="the last key")
    again.add_argument(
        "--nats", default=os.environ.get("FEED_NATS_URL"), help="URL  [env: FEED_NATS_URL]"
    )
    again.add_argument("--json", dest="as_json", action="store_true", help="answer in JSON")
    return parser


def main(arguments: Sequence[str]) -> int:
    """The exit code."""
    given = _parser().parse_args(arguments)
    if not given.nats:
        return _say("FEED_NATS_URL is not set; where is the bus?", WRONG)
    asked = {"table": given.table, "from": given.first, "to": given.last}
    try:
        answer = asyncio.run(_ask(given.nats, asked))
    except (nats.errors.Error, OSError, TimeoutError) as error:
        return _say(f"no feed answers: {str(error) or type(error).__name__}", REFUSED)
    if "error" in answer:
        return _say(answer["error"], WRONG)
    words = f"to be read again: {answer['job']}; its /readyz says how far it has come"
    print(orjson.dumps(answer).decode() if given.as_json else words)  # noqa: T201
    return 0


async def _ask(url: str, asked: dict[str, str | None]) -> dict[str, str]:
    connection = await nats.connect(url, connect_timeout=2, allow_reconnect=False)
    try:
        body = orjson.dumps(asked)
        message = await connection.request(RESNAPSHOT_SUBJECT, body, timeout=SECONDS)
        answer: dict[str, str] = orjson.loads(message.data)
        return answer
    finally:
        await connection.close()


def _say(text: str, code: int) -> int:
    print(f"feed: {text}", file=sys.stderr)  # noqa: T201
    return code
