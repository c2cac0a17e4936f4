"""Answers requests on the bus to read a table again: {"table", "from", "to"}."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import orjson
from nats.aio.client import Client
from nats.aio.msg import Msg

from contracts.subjects import RESNAPSHOT_SUBJECT
from new_services.feed.log.keys import Key, from_text, rank
from new_services.feed.log.tables import Table
from new_services.feed.reading.job_list import JobList
from new_services.feed.reading.jobs import Job


class BadRequest(ValueError):
    """What is asked for does not exist; says what does."""


def job_of(asked: Any, tables: Sequence[Table]) -> Job:
    """The job that is asked for. Raises BadRequest."""
    if not isinstance(asked, dict):
        raise BadRequest("not an object with table, from and to")
    names = {table.name: table for table in tables}
    table = names.get(asked.get("table", ""))
    if table is None:
        known = ", ".join(names)
        raise BadRequest(f"no table {asked.get('table')!r} is fed (fed are {known})")
    first, last = (_key(table, asked.get(edge)) for edge in ("from", "to"))
    if first is not None and last is not None and rank(last) < rank(first):
        raise BadRequest("the first key lies behind the last one")
    return Job.of_range(table.name, first, last)


def _key(table: Table, text: str | None) -> Key | None:
    if text is None:
        return None
    try:
        return from_text(text.split(",") if len(table.key) > 1 else [text], table.key_types)
    except ValueError as error:
        raise BadRequest(f"{text!r} is no key of {table.name}: {error}") from None


@asynccontextmanager
async def answered(nats: Client, plan: JobList, tables: Sequence[Table]) -> AsyncIterator[None]:
    """Take requests as long as the context is open; an answer is {"job"} or {"error"}."""

    async def answer(message: Msg) -> None:
        try:
            job = job_of(orjson.loads(message.data), tables)
            await plan.add(job)
            reply = {"job": str(job)}
        except (BadRequest, orjson.JSONDecodeError) as error:
            reply = {"error": str(error)}
        if message.reply:
            await message.respond(orjson.dumps(reply))

    subscription = await nats.subscribe(RESNAPSHOT_SUBJECT, cb=answer)
    try:
        yield
    finally:
        if not nats.is_closed:
            await subscription.unsubscribe()
