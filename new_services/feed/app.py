"""Composition root of the feed: one session after another, and a small port to look at it."""

import asyncio
import logging

import psycopg

from chassis.events import bus
from chassis.process import service
from chassis.process.backoff import Backoff
from chassis.process.service import bind, serve
from chassis.tracing.publishing import publish_for
from chassis.tracing.server import traced
from chassis.web import app as web
from new_services.feed.log import slot_watch
from new_services.feed.log.decoder import TableChanged
from new_services.feed.log.identity import NotPublished
from new_services.feed.log.pgoutput import BadMessage
from new_services.feed.publishing.publisher import Publisher, PublishFailed
from new_services.feed.session import Session
from new_services.feed.settings import FeedSettings
from new_services.feed.status import Status

log = logging.getLogger("feed")

# What waiting can cure; anything else is a mistake of ours and ends the process with a traceback.
Passing = (psycopg.Error, PublishFailed, NotPublished, TableChanged, BadMessage, *bus.BusErrors)


async def keep_feeding(settings: FeedSettings, status: Status) -> None:
    """Run sessions for ever; after a failure wait, at most three seconds, and resume."""
    nats = await bus.connect(settings.nats_url, "feed")
    publisher, backoff = Publisher(nats), Backoff()
    try:
        while True:
            try:
                await Session(settings, nats, publisher, status).run()
            except* Passing as group:
                if status.reason is None:  # it did stream
                    backoff.reset()
                status.reason = _reason(group)
            status.restarts += 1
            log.warning("not streaming: %s", status.reason)
            await asyncio.sleep(backoff.next())
    finally:
        await nats.close()


def _reason(group: BaseExceptionGroup[Exception]) -> str:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"{type(error).__name__}: {str(error).strip() or 'no answer'}".splitlines()[0]


async def main(settings: FeedSettings) -> None:
    """Serve health and metrics while feeding."""
    status = Status()
    port = bind(settings.listen, "FEED_LISTEN")
    app = web.build_app("Change feed", status.ready, status.registry, status.details)
    work = [
        lambda: keep_feeding(settings, status),
        lambda: slot_watch.watch(settings, status),
        lambda: publish_for("feed", settings.nats_url, status.registry),
    ]
    await serve(traced(app), port, work)


def start(settings: FeedSettings) -> None:
    """Run until told to stop."""
    service.run(main(settings))
