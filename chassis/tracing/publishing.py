"""What was recorded, to the bus: a batch each half second, nothing where nothing was sampled.

No answer is waited for. While the bus is away spans wait, within a bound; more are dropped and
counted.
"""

import asyncio
import logging
import secrets

import orjson
from nats.aio.client import Client
from prometheus_client import CollectorRegistry, Counter

from chassis.events import bus
from chassis.events.bus import BusErrors
from chassis.tracing.context import Recorded, recorded
from chassis.tracing.span import SUBJECT, Batch

log = logging.getLogger("tracing")

PAUSE_SECONDS = 0.5
MOST_AT_ONCE = 500  # spans: half a megabyte at most, which NATS takes


class SpanPublisher:
    """Of one process."""

    def __init__(
        self,
        nats: Client,
        service: str,
        instance: str,
        metrics: CollectorRegistry,
        source: Recorded = recorded,
    ) -> None:
        self._nats = nats
        self._service, self._instance = service, instance
        self._subject = f"{SUBJECT}.{service}"
        self._source = source
        self._reported = 0  # how many of the dropped spans
        self._spans = Counter("spans", "Spans of what is traced", ["outcome"], registry=metrics)
        for outcome in ("published", "dropped"):  # so that an alert finds a zero before the first
            self._spans.labels(outcome)

    async def run(self) -> None:
        """For ever; what is there when it is cancelled is published too."""
        try:
            while True:
                await asyncio.sleep(PAUSE_SECONDS)
                await self.publish()
        finally:
            await self.publish()

    async def publish(self) -> None:
        """What there is, unless the bus is away."""
        while self._nats.is_connected:
            dropped = self._source.dropped - self._reported
            spans = self._source.take(MOST_AT_ONCE)
            if not spans and not dropped:
                return
            batch = Batch(
                service=self._service, instance=self._instance, spans=spans, dropped=dropped
            )
            try:
                await self._nats.publish(self._subject, orjson.dumps(batch))
            except BusErrors as error:
                log.warning("%d spans are lost: %s", len(spans), error or type(error).__name__)
                self._spans.labels("dropped").inc(len(spans))
                return
            self._reported += dropped
            self._spans.labels("published").inc(len(spans))
            self._spans.labels("dropped").inc(dropped)


async def publish_for(service: str, url: str, metrics: CollectorRegistry) -> None:
    """For ever, on a connection of its own: for a process whose other one comes and goes."""
    nats = await bus.connect(url, f"{service} spans")
    try:
        await SpanPublisher(nats, service, secrets.token_hex(4), metrics).run()
    finally:
        await nats.close()
