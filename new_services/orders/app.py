"""Composition root of the orders service."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import FastAPI
from nats.aio.client import Client
from prometheus_client import CollectorRegistry, Gauge

from chassis.breaker.toward_legacy import BreakerCollector, Guards, breaker_facts, is_away
from chassis.events.inbox import Inbox
from chassis.events.outbox import Relay
from chassis.ownership.assembled import Ownership, ownership_of
from chassis.ownership.closed.followed import Followed
from chassis.ownership.closed.publisher import StatePublisher
from chassis.ownership.gate import WriteGate
from chassis.ownership.joined import Joined
from chassis.ownership.records import Records
from chassis.ownership.stated import StatesOwner
from chassis.process.assembly import Ground, Parts, closing
from chassis.readmodel.fed import fed
from chassis.readmodel.projection import Model
from chassis.registry.instances import Directory
from chassis.retention import forgetting
from chassis.saga.assembled import assembled
from chassis.saga.callees import Callees
from chassis.saga.starting import Starter
from chassis.wall_clock import wall_clock
from chassis.web.callers import Credentials
from chassis.web.client import HttpClient
from chassis.web.identity import Verifier
from chassis.web.keys import read_key
from chassis.web.revival import reviving
from chassis.web.service import ServiceClient
from contracts.cutover import ENTITIES, STOCK_FEED
from contracts.events.owned import OrdersClosed
from contracts.feed.entities import LINE, ORDER, PAYMENT
from contracts.mark import new_saga_id
from contracts.orders import SystemOfRecord
from new_services.orders import marks, projections
from new_services.orders.cleaning import NOTE, RULES
from new_services.orders.endpoints import Endpoints
from new_services.orders.handlers import HANDLERS, Handler
from new_services.orders.owner.informing import inform
from new_services.orders.owner.record import OwnRecord
from new_services.orders.owner.seam import Owned
from new_services.orders.owner.side import OrdersSide, event_of
from new_services.orders.owner.storing import DOMAIN
from new_services.orders.saga import breakers
from new_services.orders.saga.no_record import NoRecord
from new_services.orders.saga.partners import Inventory, Partner, Payments
from new_services.orders.saga.stories import Stories
from new_services.orders.settings import OrdersSettings

DOMAIN_ENTITIES = frozenset({ORDER, LINE, PAYMENT})
FEEDS = frozenset({DOMAIN, STOCK_FEED})
COPIES = {domain: ENTITIES[domain] for domain in ("accounts", "goods")}


async def ownership(
    ground: Ground, records: Records, url: str | None, inventory: Inventory
) -> Ownership:
    """What moves the orders from one owner to the other, where legacy's database is known, and
    publishes what changes behind a closed window."""
    legacy = None
    if url is not None:
        from new_services.anticorruption.reverse.legacy import orders_of

        legacy = await orders_of(url, inventory.legacys)
    own, publisher = (
        OrdersSide(records, inventory),
        StatePublisher(ground.nats, OrdersClosed, {ORDER: event_of}),
    )
    return ownership_of(ground.settings.database_url, records, legacy, own, publisher)


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
    records = Records(ground.pool, DOMAIN)
    followed = Followed(ground.pool, COPIES, frozenset({DOMAIN, *COPIES}))
    model = _joined(zone, records, followed) if settings.legacy_feed else None
    monolith = settings.legacy_client(limit=1)
    read = fed(ground, model, legacy=monolith, followed=followed)
    watermark, silent = read.watermark, read.watermark.alone
    inbox = Inbox(settings.database_url, ground.nats, "orders", HANDLERS, ground.metrics)
    relay = Relay(settings.database_url, ground.nats, ground.metrics)
    directory, partners = _partners(ground.nats, settings)
    client = settings.legacy_client()
    record, guards = system_of_record(client, settings.session_key)
    inventory, write_gate = Inventory(partners["inventory"]), WriteGate(records)
    moving = await ownership(ground, records, settings.legacy_database_url, inventory)
    clock = wall_clock(settings.timezone)
    tables = OwnRecord(ground.pool, write_gate, inventory.gate, clock, moving.given)
    owned = Owned(record, tables, write_gate)
    parties = owned, inventory, Payments(partners["payments"])
    stories = Stories(ground.pool, *parties, watermark, relay.wake).sagas()
    callees = Callees(breakers.held(guards, partners))
    sagas = assembled(ground.pool, stories, ground.instance, callees)
    handler = Handler(ground.pool, sagas.starter, new_saga_id, watermark)
    _measure(ground.metrics, sagas.starter, guards)
    watermark.alone = lambda: is_away(guards) or silent()
    identity = Verifier(settings.identity_keys)
    endpoints = Endpoints(ground.pool, watermark, handler, identity, owned, zone)

    def register(app: FastAPI) -> None:
        endpoints.register(app)
        inbox.register(app, ground.pool)
        sagas.operator.register(app)
        moving.register(app)

    return Parts(
        register=register,
        around=lambda app: StatesOwner(app, records, "/api/"),
        background=[
            *read.background,
            *reviving(monolith, guards),
            *moving.background,
            relay.run,
            inbox.run,
            partial(inform, records, inventory.owned),
            sagas.runner.run_forever,
            forgetting(ground.pool, RULES, NOTE),
            partial(marks.run, ground.pool, zone),
            directory.run,
        ],
        ready=read.ready,
        watermark=watermark,
        details=lambda: {**_facts(guards, partners), **moving.details()},
        alarms=lambda: {**moving.alarms(), **inbox.alarms},
        close=closing(sagas.starter, moving, client, *(each.client for each in partners.values())),
    )


def _joined(zone: ZoneInfo, records: Records, followed: Followed) -> Model:
    model = legacy_model(zone)
    echo = Joined(records, DOMAIN_ENTITIES, model.floors, feeds=FEEDS)
    return replace(model, echo=echo, followed=followed)


def _facts(guards: Guards, partners: Mapping[str, Partner]) -> dict[str, Any]:
    facts = {name: partner.client.facts() for name, partner in partners.items()}
    return {"breakers": breaker_facts(guards), "partners": facts}


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
