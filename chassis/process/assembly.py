"""Puts a service together in the order all of ours share; what it does is the service's own part.

port ▶ database ▶ bus ▶ the service's parts ▶ HTTP application ▶ registry ▶ serve until a signal

`assemble` is for a service with a database, `assemble_stateless` for one without.
"""

import secrets
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any, ClassVar, Final, Protocol

import asyncpg
from fastapi import FastAPI, Request, Response
from nats.aio.client import Client
from prometheus_client import CollectorRegistry, ProcessCollector

from chassis.database import DatabaseAway, open_pool
from chassis.events import bus
from chassis.process import telemetry
from chassis.process.service import Application, Background, bind, run, serve
from chassis.process.settings import (
    DatabaseUrl,
    ListenAddress,
    NatsUrl,
    ProcessSettings,
    ServiceUrl,
    load,
)
from chassis.readmodel.watermark import Watermark
from chassis.registry import announcing as registry
from chassis.registry.discovery import Registration
from chassis.registry.redirects import Lent
from chassis.tracing.publishing import SpanPublisher
from chassis.tracing.server import traced
from chassis.web import app as web
from chassis.web.callers import read_callers
from chassis.web.client import HttpClient
from chassis.web.internal import Calls, DirectCalls

PACKAGE: Final = "strangler-fig"


class StatelessSettings(ProcessSettings):
    """The settings of every service; a subclass sets the prefix and adds its own."""

    nats_url: NatsUrl
    listen: ListenAddress
    # Public keys of the services that may call this one; without it any client of the port may.
    caller_keys: Path | None = None
    version: str = ""  # of this instance, for the registry; else that of the installed package


class ServiceSettings(StatelessSettings):
    """The settings of every service with a database."""

    database_url: DatabaseUrl
    connections: int = 10  # to the database
    by_key: ClassVar[bool] = False  # its requests only look up rows by key: see `open_pool`


class LegacySettings(ServiceSettings):
    """The settings of a service that calls the monolith; without its URL it makes no calls."""

    legacy_url: ServiceUrl | None = None
    # The file by which a proxy takes the monolith's place for a while: chassis.registry.redirects.
    legacy_redirects: Path | None = None

    def legacy_client(self, limit: int = 32) -> HttpClient | None:
        """Calls the monolith, or what has its place."""
        if self.legacy_url is None:
            return None
        if self.legacy_redirects is None:
            return HttpClient(self.legacy_url, limit)
        return HttpClient(self.legacy_url, limit, Lent(self.legacy_redirects))


@dataclass(frozen=True, slots=True, kw_only=True)
class StatelessGround:
    """What a service without a database is built from."""

    name: str
    instance: str
    settings: StatelessSettings
    nats: Client
    metrics: CollectorRegistry


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground(StatelessGround):
    """What a service with a database is built from."""

    settings: ServiceSettings
    pool: asyncpg.Pool


async def _nothing_wrong() -> str | None:
    return None


class Closable(Protocol):
    """A part of a service."""

    def close(self) -> Awaitable[None]:
        """At the end of the process."""


def closing(*parts: Closable | None) -> Callable[[], Awaitable[None]]:
    """Closes one after the other; None is a part that this service was not given."""

    async def close() -> None:
        for part in parts:
            if part is not None:
                await part.close()

    return close


Around = Callable[[Application], Application]


def _nothing_around(app: Application) -> Application:
    return app


@dataclass(frozen=True, slots=True)
class Parts:
    """What a service adds: its routes, its background work, its own reasons not to be ready."""

    register: Callable[[FastAPI], None]
    calls: Calls = field(default_factory=dict)  # of our own services: past FastAPI
    background: Sequence[Background] = ()
    ready: web.Readiness = field(default=_nothing_wrong)
    close: Callable[[], Awaitable[None]] = field(default=closing())
    watermark: Watermark | None = None  # of the read model, if it has one
    details: Callable[[], Mapping[str, Any]] = dict  # further fields of /readyz
    alarms: Callable[[], Mapping[str, str]] = dict  # what a person should look at, by name
    around: Around = field(default=_nothing_around)  # wraps all that answers


Build = Callable[[Ground], Awaitable[Parts]]
BuildStateless = Callable[[StatelessGround], Awaitable[Parts]]
Judged = Callable[[web.Readiness], web.Readiness]  # the service's own reasons, and ours beside them


async def assemble(
    name: str, settings: ServiceSettings, build: Build, around: Around = _nothing_around
) -> None:
    """Build the service and serve until a signal; `around` may wrap the whole application."""
    port = bind(settings.listen, f"{name.upper()}_LISTEN")
    pool = await open_pool(settings.database_url, name, settings.connections, settings.by_key)

    async def with_database(ground: StatelessGround) -> Parts:
        return await build(
            Ground(
                name=name,
                instance=ground.instance,
                settings=settings,
                nats=ground.nats,
                metrics=ground.metrics,
                pool=pool,
            )
        )

    def judged(own: web.Readiness) -> web.Readiness:
        return _readiness(pool, own)

    try:
        await _answer(name, settings, port, with_database, judged, around)
    finally:
        pool.terminate()


def main(name: str, settings: type[ServiceSettings], build: Build) -> None:
    """The whole process of a service with a database; its settings come from the environment."""
    telemetry.setup(name)
    run(assemble(name, load(settings), build))


async def assemble_stateless(name: str, settings: StatelessSettings, build: BuildStateless) -> None:
    """Build a service that has no database, and serve until a signal."""
    port = bind(settings.listen, f"{name.upper()}_LISTEN")
    await _answer(name, settings, port, build, lambda own: own, _nothing_around)


async def _answer(
    name: str,
    settings: StatelessSettings,
    port: socket.socket,
    build: BuildStateless,
    judged: Judged,
    around: Around,
) -> None:
    nats: Client = await bus.connect(settings.nats_url, name)
    metrics = CollectorRegistry()
    ProcessCollector(registry=metrics)
    instance = secrets.token_hex(4)
    ground = StatelessGround(
        name=name, instance=instance, settings=settings, nats=nats, metrics=metrics
    )
    parts = await build(ground)
    ready = judged(parts.ready)
    app = web.build_app(name.capitalize(), ready, metrics, lambda: _details(parts))
    for kind in (*DatabaseAway, TimeoutError):
        app.add_exception_handler(kind, _database_away)
    parts.register(app)
    keys = settings.caller_keys
    direct = DirectCalls(parts.calls, app, read_callers(name, keys) if keys else None)
    registration = _registration(name, instance, port, settings.version)
    announcing: Background = lambda: registry.announce(nats, registration, ready)  # noqa: E731
    spans = SpanPublisher(nats, name, instance, metrics)
    try:
        await serve(
            traced(around(parts.around(direct))), port, [spans.run, *parts.background], announcing
        )
    finally:
        await parts.close()
        await nats.close()


def _details(parts: Parts) -> Mapping[str, Any]:
    known = parts.watermark
    fresh: Mapping[str, Any] = {}
    if known is not None:
        fresh = {"watermark": known.micros, "closed": sorted(known.closed)}
    alarms = {**parts.alarms(), **({} if known is None else known.alarms)}
    return {**fresh, "alarms": alarms, **parts.details()}


async def _database_away(request: Request, error: Exception) -> Response:
    return web.rendered(request, web.database_away(error))


def _readiness(pool: asyncpg.Pool, own: web.Readiness) -> web.Readiness:
    """Ready: the database answers and is migrated, and the service itself has no objection."""

    async def ready() -> str | None:
        try:
            await pool.fetchval("SELECT count(*) FROM alembic_version", timeout=2)
        except asyncpg.UndefinedTableError:
            return "the database is not migrated"
        except (*DatabaseAway, TimeoutError) as error:
            return f"database: {error or type(error).__name__}"
        return await own()

    return ready


def _registration(name: str, instance: str, port: socket.socket, version: str) -> Registration:
    host, number, *_ = port.getsockname()
    url = f"http://[{host}]:{number}" if ":" in host else f"http://{host}:{number}"
    started = datetime.now(UTC).isoformat(timespec="milliseconds")
    return Registration(name, url, instance, started, version or _installed())


def _installed() -> str:
    try:
        return installed(PACKAGE)
    except PackageNotFoundError:  # run from its sources
        return ""
