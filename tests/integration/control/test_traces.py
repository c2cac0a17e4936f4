"""What services publish of their spans is kept by the control process, and exported."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from chassis.events import bus
from chassis.tracing.context import Recorded
from chassis.tracing.publishing import SpanPublisher
from chassis.tracing.span import Span
from facade.control.tracing.bus import hear
from facade.control.tracing.intake import Traces
from facade.control.tracing.store import TraceStore

pytestmark = pytest.mark.integration
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def span(number: int) -> Span:
    return Span(
        trace=TRACE, span=f"{number:016x}", parent="", name="GET /x", kind="server", start=5e9,
        end=5e9 + 1, error="", attributes={"fig.order_no": "R-1"},
    )  # fmt: skip


async def test_they_come_by_the_bus_also_after_it_was_away(
    nats_server: Any, tmp_path: Path
) -> None:
    traces = Traces(TraceStore(tmp_path / "t", kept=1e12), lambda _: None)
    hearing = asyncio.create_task(hear(nats_server.url, traces))
    client = await bus.connect(nats_server.url, "orders")
    source = Recorded()
    publishing = asyncio.create_task(
        SpanPublisher(client, "orders", "i1", CollectorRegistry(), source).run()
    )
    try:
        await client.publish("telemetry.spans.nonsense", b"no JSON")
        # The first ones may be published before anybody hears; each attempt is a new span.
        number = 0
        async with asyncio.timeout(30):
            while not await traces.find("R-1"):
                number += 1
                source.add(span(number))
                await asyncio.sleep(0.2)
        nats_server.kill()
        source.add(span(1000))
        nats_server.start()
        async with asyncio.timeout(30):
            while f"{1000:016x}" not in {one.span["span"] for one in await traces.find(TRACE)}:
                source.add(span(1000))
                await asyncio.sleep(0.2)
        assert {one.service for one in await traces.find(TRACE)} == {"orders"}
    finally:
        for task in (publishing, hearing):
            task.cancel()
        await asyncio.gather(publishing, hearing, return_exceptions=True)
        await client.close()
