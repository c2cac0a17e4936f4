"""Composition root of the inventory."""

from dataclasses import replace
from pathlib import Path

from fastapi import FastAPI

from chassis.breaker.toward_legacy import Guards, breaker_facts
from chassis.events.inbox import Inbox
from chassis.ownership.closed.followed import Followed
from chassis.ownership.closed.publisher import StatePublisher
from chassis.ownership.joined import Joined
from chassis.ownership.records import Records
from chassis.ownership.reverse import ReverseFeed
from chassis.ownership.stated import StatesOwner
from chassis.process.assembly import Ground, Parts, closing
from chassis.readmodel.fed import fed
from chassis.readmodel.projection import Model
from chassis.retention import forgetting
from chassis.saga.assembled import toward_the_monolith
from chassis.saga.of_record import NoRecord
from chassis.wall_clock import wall_clock
from chassis.web.client import HttpClient
from chassis.web.keys import read_key
from chassis.web.revival import reviving
from contracts.back_office import BackOffice
from contracts.cutover import ENTITIES, STOCK_FEED
from contracts.feed.entities import MOVEMENT, STOCK
from new_services.inventory import projections
from new_services.inventory.cleaning import NOTE, RULES
from new_services.inventory.counting import Counting
from new_services.inventory.endpoints import Endpoints
from new_services.inventory.handlers import HANDLERS, Handler
from new_services.inventory.owner.epochs import DOMAIN
from new_services.inventory.owner.shelf import Shelf
from new_services.inventory.owner.side import Standing, StockSide, event_of, reverse_facts
from new_services.inventory.saga import Stories
from new_services.inventory.settings import InventorySettings


def legacy_model() -> Model:
    """What the monolith's feed makes; anticorruption is imported only while there is a monolith."""
    from new_services.anticorruption.read_models import translator

    return projections.model(translator("inventory"))


def back_office(client: HttpClient | None, key: Path | None) -> tuple[BackOffice, Guards]:
    """What holds the stock, and the breakers toward it by the kind of call."""
    if client is None or key is None:
        return NoRecord(), {}
    from new_services.anticorruption.forms import Forms

    forms = Forms(client, read_key(key))
    return forms, forms.guards


DOMAIN_ENTITIES = frozenset({STOCK, MOVEMENT})
FEEDS = frozenset({DOMAIN, STOCK_FEED})


COPIES = {"goods": ENTITIES["goods"]}


async def reverse_feed(ground: Ground, records: Records, url: str | None) -> ReverseFeed:
    """What writes the stock to legacy while the orders are ours, where its database is known;
    behind a closed window it publishes the stock for the services that keep a copy."""
    legacy = None
    if url is not None:
        from new_services.anticorruption.reverse.legacy import stock_of

        legacy = await stock_of(url)
    publisher = StatePublisher(ground.nats, None, {STOCK: event_of})
    return ReverseFeed(ground.settings.database_url, records, legacy, StockSide(), publisher)


async def build(ground: Ground) -> Parts:
    """Projection of the feed, commands, endpoints."""
    settings = ground.settings
    assert isinstance(settings, InventorySettings)
    records = Records(ground.pool, DOMAIN)
    model = legacy_model() if settings.legacy_feed else None
    followed = Followed(ground.pool, COPIES, frozenset({DOMAIN, *COPIES}))
    if model is not None:
        echo = Joined(records, DOMAIN_ENTITIES, model.floors, feeds=FEEDS)
        model = replace(model, echo=echo, followed=followed)
    monolith = settings.legacy_client(limit=1)
    read = fed(ground, model, legacy=monolith, followed=followed)
    client = settings.legacy_client()
    record, guards = back_office(client, settings.session_key)
    shelf = Shelf(ground.pool, wall_clock(settings.timezone))
    stories = Stories(ground.pool, record, read.watermark, shelf)
    sagas = toward_the_monolith(ground, stories.sagas(), guards)
    counting = Counting(ground.pool, read.watermark, sagas.starter)
    reverse = await reverse_feed(ground, records, settings.legacy_database_url)
    standing = Standing(records, reverse)
    handler = Handler(ground.pool, read.watermark)
    endpoints = Endpoints(ground.pool, read.watermark, handler)

    inbox = Inbox(settings.database_url, ground.nats, "inventory", HANDLERS, ground.metrics)

    def register(app: FastAPI) -> None:
        inbox.register(app, ground.pool)
        sagas.operator.register(app)
        endpoints.register(app)

    return Parts(
        register=register,
        calls={
            **endpoints.calls(),
            ("POST", "counts", ""): counting.count,
            ("GET", "cutover", ""): standing.answer,
            ("PUT", "cutover", ""): standing.set_owner,
        },
        around=lambda app: StatesOwner(app, records, "/counts/"),
        background=[
            *read.background,
            *reviving(monolith, guards),
            reverse.run,
            inbox.run,
            sagas.runner.run_forever,
            forgetting(ground.pool, RULES, NOTE),
        ],
        ready=read.ready,
        watermark=read.watermark,
        details=lambda: {"breakers": breaker_facts(guards), "reverse": reverse_facts(reverse)},
        alarms=lambda: inbox.alarms,
        close=closing(sagas.starter, client),
    )
