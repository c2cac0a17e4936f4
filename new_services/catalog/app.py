"""Composition root of the catalog: database, projection, endpoints, registry, port."""

import secrets
import socket
from collections.abc import Callable
from datetime import UTC, datetime

import asyncpg
from nats.aio.client import Client
from prometheus_client import CollectorRegistry, Gauge, Histogram, ProcessCollector

from chassis import bus, registry, web
from chassis.database import DatabaseAway, open_pool
from chassis.service import Background, bind, run, serve
from contracts.catalog import Translator
from contracts.discovery import Registration
from new_services.catalog.endpoints import Endpoints
from new_services.catalog.faults import fault_named
from new_services.catalog.projections import Projector
from new_services.catalog.settings import CatalogSettings
from new_services.catalog.watermark import Watermark


def legacy_translator() -> Translator:
    """The monolith's feed in our words; imported only while there is a monolith."""
    from new_services.anticorruption.catalog import LegacyCatalog

    return LegacyCatalog()


class Readiness:
    """Ready: the database answers, and the snapshot has been applied to it."""

    def __init__(self, pool: asyncpg.Pool, watermark: Watermark, projector: Projector | None):
        self._pool = pool
        self._watermark = watermark
        self._projector = projector

    async def __call__(self) -> str | None:
        """The reason why not, or None."""
        try:
            await self._pool.fetchval("SELECT count(*) FROM projection", timeout=2)
        except asyncpg.UndefinedTableError:
            return "the database is not migrated"
        except (*DatabaseAway, TimeoutError) as error:
            return f"database: {error or type(error).__name__}"
        if self._projector is not None and self._watermark.micros == 0:
            return f"snapshot not applied yet ({self._projector.reason or 'projecting'})"
        return None


class Metrics:
    """What `/metrics` tells."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.delay = Histogram(
            "catalog_delay_seconds",
            "From a commit in legacy to its being readable here",
            buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5, 30),
            registry=self.registry,
        )

    def watch(self, watermark: Watermark, projector: Projector | None) -> None:
        """Read these whenever somebody asks."""
        self._gauge("catalog_watermark", "All before is in; unix s", lambda: watermark.micros / 1e6)
        if projector is not None:
            self._gauge("catalog_applied", "Messages applied", lambda: projector.applied)
            self._gauge("catalog_projecting", "1 if so", lambda: projector.reason is None)

    def _gauge(self, name: str, text: str, read: Callable[[], float]) -> None:
        Gauge(name, text, registry=self.registry).set_function(read)


def _registration(port: socket.socket) -> Registration:
    host, number, *_ = port.getsockname()
    url = f"http://[{host}]:{number}" if ":" in host else f"http://{host}:{number}"
    started = datetime.now(UTC).isoformat(timespec="milliseconds")
    return Registration("catalog", url, secrets.token_hex(4), started)


async def main(settings: CatalogSettings) -> None:
    """Build the parts in order, then answer until told to stop."""
    port = bind(settings.listen, "CATALOG_LISTEN")
    pool = await open_pool(settings.database_url, "catalog", settings.connections)
    watermark = Watermark()
    nats: Client = await bus.connect(settings.nats_url, "catalog")
    metrics, projector = Metrics(), None
    if settings.legacy_feed:
        projector = Projector(
            settings.database_url, nats, legacy_translator(), watermark, metrics.delay
        )
    metrics.watch(watermark, projector)
    ready = Readiness(pool, watermark, projector)
    app = web.build_app("Catalog", ready, metrics.registry)
    Endpoints(pool, watermark, fault_named(settings.fault), ready).register(app)
    background: list[Background] = [lambda: registry.announce(nats, _registration(port), ready)]
    if projector is not None:
        background.append(projector.run)
    try:
        await serve(app, port, background)
    finally:
        await nats.close()
        pool.terminate()


def start(settings: CatalogSettings) -> None:
    """Run until told to stop."""
    run(main(settings))
