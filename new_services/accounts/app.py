"""Composition root of the accounts service."""

import time
from functools import partial
from typing import Protocol

import asyncpg

from chassis.breaker.toward_legacy import BreakerCollector, Guards, breaker_facts
from chassis.database import open_pool
from chassis.process.assembly import Ground, Parts
from chassis.readmodel.fed import fed
from chassis.readmodel.projection import Model
from chassis.retention import forgetting
from chassis.web.client import HttpClient
from contracts.logins import Login, LoginsAway, Registrar
from contracts.record import RecordAway
from new_services.accounts import projections
from new_services.accounts.cleaning import NOTE, RULES
from new_services.accounts.endpoints import Endpoints
from new_services.accounts.forms import register
from new_services.accounts.registration import Registration
from new_services.accounts.session import SessionCodec
from new_services.accounts.sessions import Sessions
from new_services.accounts.settings import AccountsSettings

LOGIN_CONNECTIONS = 4  # to legacy's database: a login is a look-up


class Owner(Protocol):
    """The owner of the accounts, as this process knows it."""

    trouble: str  # why it could not be asked the last time; empty: nothing is wrong

    async def find(self, address: str) -> Login | None:
        """See contracts/logins.py."""


class NoOwner:
    """Of a service that no monolith stands behind: logins are not its own yet."""

    trouble = ""

    async def find(self, address: str) -> Login | None:  # noqa: ARG002
        """Raises LoginsAway."""
        raise LoginsAway("ACCOUNTS_LEGACY_DATABASE_URL is not set, and no logins are kept here")

    async def register(self, *_: object, **__: object) -> None:
        """Raises RecordAway."""
        raise RecordAway("ACCOUNTS_LEGACY_URL is not set, and no accounts are opened here")


def legacy_model() -> Model:
    """What the monolith's feed makes; anticorruption is imported only while there is a monolith."""
    from new_services.anticorruption.read_models import translator

    return projections.model(translator("accounts"))


def legacy_logins(pool: asyncpg.Pool) -> Owner:
    """The monolith's own, in its database."""
    from new_services.anticorruption.logins import LegacyLogins

    return LegacyLogins(pool)


def legacy_registrar(client: HttpClient) -> tuple[Registrar, Guards]:
    """The monolith's own form, and the breakers toward it by the kind of call."""
    from new_services.anticorruption.forms import Forms

    forms = Forms(client, None)
    return forms, forms.guards


async def build(ground: Ground) -> Parts:
    """Projection of the feed, logins, endpoints."""
    settings = ground.settings
    assert isinstance(settings, AccountsSettings)
    model = legacy_model() if settings.legacy_feed else None
    read = fed(ground, model, legacy=settings.legacy_client(limit=1))
    logins: Owner = NoOwner()
    owners: asyncpg.Pool | None = None
    if settings.legacy_database_url is not None:
        owners = await open_pool(settings.legacy_database_url, "accounts", LOGIN_CONNECTIONS, True)
        logins = legacy_logins(owners)
    codec = SessionCodec(settings.secret_key, time.time)
    registrar: Registrar = NoOwner()
    guards: Guards = {}
    client = settings.legacy_client()
    if client is not None:
        registrar, guards = legacy_registrar(client)
    ground.metrics.register(BreakerCollector(guards))
    registration = Registration(ground.pool, logins, registrar, codec, time.monotonic)
    endpoints = Endpoints(Sessions(ground.pool, read.watermark, logins, codec), read.watermark)

    async def close() -> None:
        if owners is not None:
            owners.terminate()
        if client is not None:
            await client.close()

    return Parts(
        register=endpoints.register,
        calls={
            **endpoints.calls(),
            ("POST", "registrations", ""): partial(register, registration),
        },
        background=[*read.background, forgetting(ground.pool, RULES, NOTE)],
        ready=read.ready,
        close=close,
        watermark=read.watermark,
        details=lambda: {"breakers": breaker_facts(guards)},
        alarms=lambda: {"logins": logins.trouble} if logins.trouble else {},
    )
