"""Composition root of the accounts service."""

import time
from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import asyncpg
from fastapi import FastAPI

from chassis.breaker.toward_legacy import BreakerCollector, Guards, breaker_facts
from chassis.database import open_pool
from chassis.ownership.assembled import Ownership, ownership_of
from chassis.ownership.closed.followed import Followed
from chassis.ownership.closed.publisher import StatePublisher
from chassis.ownership.echo import Echo
from chassis.ownership.gate import WriteGate
from chassis.ownership.records import Records
from chassis.ownership.stated import StatesOwner
from chassis.process.assembly import Ground, Parts
from chassis.readmodel.fed import fed
from chassis.readmodel.projection import Model
from chassis.retention import forgetting
from chassis.wall_clock import wall_clock
from chassis.web.client import HttpClient
from chassis.web.revival import reviving
from contracts.cutover import ENTITIES
from contracts.events.owned import AccountsClosed
from contracts.feed.change import Op
from contracts.feed.entities import CUSTOMER
from contracts.logins import Login, LoginsAway, Registrar
from contracts.record import RecordAway
from new_services.accounts import projections
from new_services.accounts.cleaning import NOTE, RULES
from new_services.accounts.endpoints import Endpoints
from new_services.accounts.forms import register
from new_services.accounts.owner.logins import (
    DOMAIN,
    LegacyLogins,
    OwnAccounts,
    OwnedLogins,
    OwnedRegistrar,
)
from new_services.accounts.owner.side import AccountsSide, event_of
from new_services.accounts.registration import Registration
from new_services.accounts.session import SessionCodec
from new_services.accounts.sessions import Sessions
from new_services.accounts.settings import AccountsSettings

LOGIN_CONNECTIONS = 4  # to legacy's database: a login is a look-up


MENDED = frozenset({Op.UPDATE, Op.DELETE})  # a customer's row is written whole


class NoOwner:
    """Of a service that no monolith stands behind, until the accounts are its own."""

    trouble = ""

    async def find(self, address: str) -> Login | None:  # noqa: ARG002
        """Raises LoginsAway."""
        raise LoginsAway("ACCOUNTS_LEGACY_DATABASE_URL is not set, and the accounts are not ours")

    async def register(self, *_: object, **__: object) -> None:
        """Raises RecordAway."""
        raise RecordAway("ACCOUNTS_LEGACY_URL is not set, and the accounts are not ours")


def legacy_model() -> Model:
    """What the monolith's feed makes; anticorruption is imported only while there is a monolith."""
    from new_services.anticorruption.read_models import translator

    return projections.model(translator("accounts"))


def legacy_logins(pool: asyncpg.Pool) -> LegacyLogins:
    """The monolith's own, in its database."""
    from new_services.anticorruption.logins import LegacyLogins as Monoliths

    return Monoliths(pool)


def legacy_registrar(client: HttpClient) -> tuple[Registrar, Guards]:
    """The monolith's own form, and the breakers toward it by the kind of call."""
    from new_services.anticorruption.forms import Forms

    forms = Forms(client, None)
    return forms, forms.guards


async def ownership(ground: Ground, records: Records, url: str | None) -> Ownership:
    """What moves the accounts from one owner to the other, where legacy's database is known, and
    publishes what changes behind a closed window."""
    legacy, hand_over = None, None
    if url is not None:
        from new_services.anticorruption.reverse.legacy import accounts_of

        legacy, hand_over = await accounts_of(url)
    own = AccountsSide(ground.pool, hand_over)
    publisher = StatePublisher(ground.nats, AccountsClosed, {CUSTOMER: event_of})
    return ownership_of(ground.settings.database_url, records, legacy, own, publisher)


def _echoed(records: Records) -> Model:
    model = legacy_model()
    return replace(model, echo=Echo(records, ENTITIES[DOMAIN], model.floors, MENDED))


def _alarms(logins: OwnedLogins, owned: Ownership) -> Mapping[str, str]:
    return {**({"logins": logins.trouble} if logins.trouble else {}), **owned.alarms()}


async def build(ground: Ground) -> Parts:
    """Projection of the feed, logins, endpoints."""
    settings = ground.settings
    assert isinstance(settings, AccountsSettings)
    records = Records(ground.pool, DOMAIN)
    model = _echoed(records) if settings.legacy_feed else None
    followed = Followed(ground.pool, {}, frozenset({DOMAIN}))
    monolith = settings.legacy_client(limit=1)
    read = fed(ground, model, legacy=monolith, followed=followed)
    legacys: LegacyLogins = NoOwner()
    owners: asyncpg.Pool | None = None
    if settings.legacy_database_url is not None:
        owners = await open_pool(settings.legacy_database_url, "accounts", LOGIN_CONNECTIONS, True)
        legacys = legacy_logins(owners)
    codec = SessionCodec(settings.secret_key, time.time)
    registrar: Registrar = NoOwner()
    guards: Guards = {}
    client = settings.legacy_client()
    if client is not None:
        registrar, guards = legacy_registrar(client)
    ground.metrics.register(BreakerCollector(guards))
    owned = await ownership(ground, records, settings.reverse_database_url)
    clock = wall_clock(settings.timezone, to_the_second=True)
    own = OwnAccounts(ground.pool, WriteGate(records), clock, owned.given)
    logins = OwnedLogins(legacys, own)
    registrar = OwnedRegistrar(registrar, own, logins)
    registration = Registration(ground.pool, logins, registrar, codec, time.monotonic)
    sessions = Sessions(ground.pool, read.watermark, logins, codec, own)
    endpoints = Endpoints(sessions, read.watermark)

    def register_routes(app: FastAPI) -> None:
        endpoints.register(app)
        owned.register(app)

    async def close() -> None:
        await owned.close()
        if owners is not None:
            owners.terminate()
        if client is not None:
            await client.close()

    return Parts(
        register=register_routes,
        calls={
            **endpoints.calls(),
            ("POST", "registrations", ""): partial(register, registration),
        },
        around=lambda app: StatesOwner(app, records, "/registrations/"),
        background=[
            *read.background,
            *owned.background,
            *reviving(monolith, guards),
            forgetting(ground.pool, RULES, NOTE),
        ],
        ready=read.ready,
        close=close,
        watermark=read.watermark,
        details=lambda: {"breakers": breaker_facts(guards), **owned.details()},
        alarms=partial(_alarms, logins, owned),
    )
