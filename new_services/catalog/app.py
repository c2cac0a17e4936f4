"""Composition root of the catalog: database, projection, endpoints, registry, port."""

import secrets
import socket
from datetime import UTC, datetime

import asyncpg
from nats.aio.client import Client
from prometheus_client import CollectorRegistry, Gauge, ProcessCollector

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


def _metrics(watermark: Watermark, projector: Projector | None) -> CollectorRegistry:
    metrics = CollectorRegistry()
    ProcessCollector(registry=metrics)
    gauge = Gauge("catalog_watermark", "All before it is in; unix seconds", registry=metrics)
    gauge.set_function(lambda: watermark.micros / 1e6)
    if projector is not None:
        applied = Gauge("catalog_applied", "Messages applied by this process", registry=metrics)
        applied.set_function(lambda: projector.applied)
        running = Gauge("catalog_projecting", "1 while the projection runs", registry=metrics)
        running.set_function(lambda: projector.reason is None)
    return metrics


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
    projector = None
    if settings.legacy_feed:
        projector = Projector(settings.database_url, nats, legacy_translator(), watermark)
    ready = Readiness(pool, watermark, projector)
    app = web.build_app("Catalog", ready, _metrics(watermark, projector))
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
