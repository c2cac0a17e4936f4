"""Composition root of the orders service."""

from pathlib import Path
from zoneinfo import ZoneInfo

from fastapi import FastAPI
from nats.aio.client import Client
from prometheus_client import CollectorRegistry, Gauge

from chassis.breaker.toward_legacy import BreakerCollector, Guards, breaker_facts, is_away
from chassis.events.outbox import Relay
from chassis.process.assembly import Ground, Parts
from chassis.process.instances import Directory
from chassis.readmodel.fed import fed
from chassis.readmodel.projection import Model
from chassis.retention import forgetting
from chassis.saga.assembled import assembled
from chassis.saga.callees import Callees
from chassis.saga.starting import Starter
from chassis.web.callers import Credentials
from chassis.web.client import HttpClient
from chassis.web.identity import Verifier
from chassis.web.keys import read_key
from chassis.web.service import ServiceClient
from contracts.mark import new_saga_id
from contracts.orders import SystemOfRecord
from new_services.orders import breakers, marks, projections
from new_services.orders.cleaning import NOTE, RULES
from new_services.orders.endpoints import Endpoints
from new_services.orders.handlers import Handler
from new_services.orders.no_record import NoRecord
from new_services.orders.partners import Inventory, Partner, Payments
from new_services.orders.saga import Stories
from new_services.orders.settings import OrdersSettings


def legacy_model(zone: ZoneInfo = projections.SHOP_ZONE) -> Model:
    """What the monolith's feed makes; anticorruption is imported only while there is a monolith."""
    from new_services.anticorruption.read_models import translator

    return projections.model(translator("orders"), zone)


def system_of_record(client: HttpClient | None, key: Path | None) -> tuple[SystemOfRecord, Guards]:
    """What holds the orders, and the breakers toward it by the kind of call."""
    if client is None or key is None:
        return NoRecord(), {}
    from new_services.anticorruption.legacy import Legacy

    legacy = Legacy(client, read_key(key))
    return legacy, legacy.guards


async def build(ground: Ground) -> Parts:
    """Read model, system of record, partners, sagas, endpoints."""
    settings = ground.settings
    assert isinstance(settings, OrdersSettings)
    zone = ZoneInfo(settings.timezone)
    model = legacy_model(zone) if settings.legacy_feed else None
    read = fed(ground, model, legacy=settings.legacy_client(limit=1))
    watermark, silent = read.watermark, read.watermark.alone
    relay = Relay(settings.database_url, ground.nats, ground.metrics)
    directory, partners = _partners(ground.nats, settings)
    client = settings.legacy_client()
    record, guards = system_of_record(client, settings.session_key)
    stories = Stories(
        ground.pool,
        record,
        Inventory(partners["inventory"]),
        Payments(partners["payments"]),
        watermark,
        relay.wake,
    )
    callees = Callees(breakers.held(guards, partners))
    sagas = assembled(ground.pool, stories.sagas(), ground.instance, callees)
    handler = Handler(ground.pool, sagas.starter, new_saga_id, watermark)
    _measure(ground.metrics, sagas.starter, guards)
    watermark.alone = lambda: is_away(guards) or silent()
    endpoints = Endpoints(
        ground.pool, watermark, handler, Verifier(settings.identity_keys), record, zone
    )

    def register(app: FastAPI) -> None:
        endpoints.register(app)
        sagas.operator.register(app)

    async def close() -> None:
        await sagas.starter.close()
        for partner in partners.values():
            await partner.client.close()
        if client is not None:
            await client.close()

    return Parts(
        register=register,
        background=[
            *read.background,
            relay.run,
            sagas.runner.run_forever,
            forgetting(ground.pool, RULES, NOTE),
            lambda: marks.run(ground.pool, zone),
            directory.run,
        ],
        ready=read.ready,
        watermark=watermark,
        details=lambda: {
            "breakers": breaker_facts(guards),
            "partners": {name: partner.client.facts() for name, partner in partners.items()},
        },
        close=close,
    )


def _measure(metrics: CollectorRegistry, starter: Starter, guards: Guards) -> None:
    under_way = Gauge("orders_sagas_under_way", "Started by requests here", registry=metrics)
    under_way.set_function(lambda: starter.under_way)
    metrics.register(BreakerCollector(guards))


def _partners(nats: Client, settings: OrdersSettings) -> tuple[Directory, dict[str, Partner]]:
    """Where they are, and how they are called."""
    fixed = {"inventory": settings.inventory_url, "payments": settings.payments_url}
    directory = Directory(nats, {name: urls.split() for name, urls in fixed.items()})
    return directory, {name: _partner(name, directory, settings.service_key) for name in fixed}


def _partner(name: str, directory: Directory, key: Path | None) -> Partner:
    """Another service of ours, wherever its instances are."""
    client = ServiceClient(name, lambda: directory.urls(name))
    if key is None:
        return Partner(client, lambda: "")
    credentials = Credentials("orders", read_key(key))
    return Partner(client, lambda: credentials.token(name))
