"""Composition root of the catalog: projection of the feed, endpoints."""

from dataclasses import replace
from functools import partial
from pathlib import Path

from fastapi import FastAPI
from prometheus_client import Histogram

from chassis.breaker.toward_legacy import Guards, breaker_facts
from chassis.events.inbox import Inbox
from chassis.ownership.assembled import Ownership, ownership_of
from chassis.ownership.closed.followed import Followed
from chassis.ownership.closed.publisher import StatePublisher
from chassis.ownership.echo import Echo
from chassis.ownership.gate import WriteGate
from chassis.ownership.records import Records
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
from contracts.back_office import Articles
from contracts.cutover import ENTITIES
from contracts.events.owned import GoodsClosed
from contracts.feed.entities import PRODUCT, STOCK
from new_services.catalog import projections, repository
from new_services.catalog.cleaning import NOTE, RULES
from new_services.catalog.endpoints import Endpoints
from new_services.catalog.handlers import HANDLERS, save
from new_services.catalog.owner.changing import DOMAIN, OwnedGoods, OwnGoods
from new_services.catalog.owner.side import GoodsSide, event_of
from new_services.catalog.saga import Stories
from new_services.catalog.settings import CatalogSettings

COPIES = {"orders": frozenset({STOCK})}  # of other domains than the catalog's own


def legacy_model() -> Model:
    """What the monolith's feed makes; anticorruption is imported only while there is a monolith."""
    from new_services.anticorruption.read_models import translator

    return projections.model(translator("catalog"))


def back_office(client: HttpClient | None, key: Path | None) -> tuple[Articles, Guards]:
    """What holds the goods, and the breakers toward it by the kind of call."""
    if client is None or key is None:
        return NoRecord(), {}
    from new_services.anticorruption.forms import Forms

    forms = Forms(client, read_key(key))
    return forms, forms.guards


async def ownership(ground: Ground, records: Records, url: str | None) -> Ownership:
    """What moves the goods from one owner to the other, where legacy's database is known, and
    publishes what changes behind a closed window."""
    legacy = None
    if url is not None:
        from new_services.anticorruption.reverse.legacy import goods_of

        legacy = await goods_of(url)
    own, publisher = (
        GoodsSide(ground.pool),
        StatePublisher(ground.nats, GoodsClosed, {PRODUCT: event_of}),
    )
    return ownership_of(ground.settings.database_url, records, legacy, own, publisher)


async def build(ground: Ground) -> Parts:
    """With the legacy feed the goods are projected from it; without, they are what we hold."""
    settings = ground.settings
    assert isinstance(settings, CatalogSettings)
    delay = Histogram(
        "catalog_delay_seconds",
        "From a commit in legacy to its being readable here",
        buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5, 30),
        registry=ground.metrics,
    )
    records = Records(ground.pool, DOMAIN)
    model = legacy_model() if settings.legacy_feed else None
    followed = Followed(ground.pool, COPIES, frozenset({DOMAIN, *COPIES}), repository.FLOORS)
    if model is not None:
        echo = Echo(records, ENTITIES[DOMAIN], model.floors)
        model = replace(model, echo=echo, followed=followed)
    monolith = settings.legacy_client(limit=1)
    read = fed(ground, model, delay.observe, legacy=monolith, followed=followed)
    client = settings.legacy_client()
    legacy, guards = back_office(client, settings.session_key)
    owned = await ownership(ground, records, settings.legacy_database_url)
    clock = wall_clock(settings.timezone, to_the_second=True)
    record = OwnedGoods(legacy, OwnGoods(ground.pool, WriteGate(records), clock, owned.given))
    sagas = toward_the_monolith(ground, Stories(ground.pool, record).sagas(), guards)
    endpoints = Endpoints(ground.pool, read.watermark)
    inbox = Inbox(settings.database_url, ground.nats, "catalog", HANDLERS, ground.metrics)

    def register(app: FastAPI) -> None:
        inbox.register(app, ground.pool)
        sagas.operator.register(app)
        endpoints.register(app)
        owned.register(app)

    return Parts(
        register=register,
        calls={("POST", "articles", ""): partial(save, sagas.starter)},
        around=lambda app: StatesOwner(app, records, "/articles/"),
        background=[
            *read.background,
            *reviving(monolith, guards),
            *owned.background,
            inbox.run,
            sagas.runner.run_forever,
            forgetting(ground.pool, RULES, NOTE),
        ],
        ready=read.ready,
        watermark=read.watermark,
        details=lambda: {"breakers": breaker_facts(guards), **owned.details()},
        alarms=lambda: {**owned.alarms(), **inbox.alarms},
        close=closing(sagas.starter, owned, client),
    )
