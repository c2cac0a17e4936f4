"""The stack, in start order: each process's command, settings and needs, and how it proves that it
is ready. Rendered for this machine (`fig up`) and for docker-compose.yml alike.
"""

import signal
from dataclasses import dataclass
from itertools import chain

from fig.stack.addresses import database_url as database_url
from fig.stack.addresses import nats_url as nats_url
from fig.stack.engines import nats
from fig.stack.engines import postgres as server
from fig.stack.engines.bus_rights import PROCESSES, secret_name
from fig.stack.old_side import FED, NOTHING, OldSide
from fig.stack.order_side import SERVICES, keys, order_side, second
from fig.stack.pages_side import storefront
from fig.stack.places import Place
from fig.stack.serving import migration, service
from fig.supervise.probes import HttpReady, PostmasterReady
from fig.supervise.process import Process

TWO_POSSIBLE = ("catalog", *SERVICES, "storefront")


@dataclass(frozen=True)
class Options:
    """The options of `fig up` that the processes depend on."""

    facade_workers: int = 2
    legacy_workers: int = 2
    instances: int = 1  # of each service of the new side: 1 or 2
    scale: int = 1  # of the seeded shop
    postgres_bin: str | None = None
    monolith: bool = True  # False: it is gone (fig.stack.ended)
    seed: bool = False  # the new side fills its own tables with a small shop, once


def stack(place: Place, options: Options) -> tuple[Process, ...]:
    """Every process. What one needs stands before it."""
    one = _each_once(place, options)
    services = [each for each in one if each.name in TWO_POSSIBLE]
    seconds = [second(place, each) for each in services] if options.instances > 1 else []
    return (*one[:-1], *seconds, one[-1])


def _each_once(place: Place, options: Options) -> tuple[Process, ...]:
    old = _old_side(place, options)
    return (
        _postgres(place, options),
        _nats(place),
        keys(place),
        _databases(place, old),
        *old.processes,
        *_catalog(place, old),
        *order_side(place, old),
        *([_seed(place)] if options.seed else []),
        storefront(place),
        _facade(place, options, old),
    )


def _old_side(place: Place, options: Options) -> OldSide:
    """Imported only while there is a monolith: the file goes with it."""
    if not options.monolith:
        return NOTHING
    from fig.stack.legacy_side import legacy_side

    return legacy_side(place, options.legacy_workers, options.scale)


def _postgres(place: Place, options: Options) -> Process:
    tuning = (f"-c{name}={value}" for name, value in server.OPTIONS.items())
    env = {
        "PGDATA": place.path("postgres"),
        "POSTGRES_PASSWORD": place.secret("postgres"),
        "POSTGRES_INITDB_ARGS": server.INITDB_ARGS,
    }
    if options.postgres_bin:
        env["FIG_POSTGRES_BIN"] = options.postgres_bin
    return Process(
        name="postgres",
        command=(*place.postgres, *tuning),
        env=env,
        ready=PostmasterReady(place.path("postgres")),
        ports=("postgres",),
        stop=signal.SIGINT,  # fast: clients are cut off, nothing committed is lost
    )


def _nats(place: Place) -> Process:
    path = place.path("nats.conf")
    configuration = nats.configuration(
        listen=place.address("nats"),
        monitor=place.address("nats-monitor"),
        store=place.path("nats"),
        password=place.secret("nats"),
        users={name: place.secret(secret_name(name)) for name in PROCESSES},
    )
    return Process(
        name="nats",
        command=(place.nats, "-c", path),
        files={path: configuration},
        ready=HttpReady(place.address("nats-monitor"), "/healthz"),
        ports=("nats", "nats-monitor"),
    )


def _databases(place: Place, old: OldSide) -> Process:
    """Roles and databases, from the very URLs that the services get."""
    owners = (*old.owners, *(database_url(place, name) for name in ("catalog", *SERVICES)))
    return Process(
        name="databases",
        command=(place.python, "-m", "fig.stack.engines.databases"),
        forked=True,
        env={
            "DATABASES_SUPERUSER_URL": database_url(place, server.SUPERUSER),
            "DATABASES_OWNERS": " ".join(owners),
            **old.databases,
        },
        needs=("postgres",),
    )


def _catalog(place: Place, old: OldSide) -> tuple[Process, ...]:
    database = {"CATALOG_DATABASE_URL": database_url(place, "catalog")}
    return (
        migration(place, "catalog-migrate", "catalog", database),
        service(
            place,
            "catalog",
            ("catalog-migrate", "nats", "keys"),
            patience=60.0,  # the first time it applies the whole snapshot
            instead={"CATALOG_FAULT": (place.python, "-m", "loadtests.faults")},
            database_url=database_url(place, "catalog"),
            nats_url=nats_url(place, "catalog"),
            listen=place.address("catalog"),
            **old.services["catalog"],
            caller_keys=f"{place.path('keys')}/public/services.json",
            session_key=f"{place.path('keys')}/orders/session.json",
        ),
    )


def _seed(place: Place) -> Process:
    """Ends when the shop is there."""
    return Process(
        name="seed",
        command=(place.python, "-m", "new_services.seed"),
        forked=True,
        env={f"SEED_{name.upper()}_URL": database_url(place, name) for name in FED},
        needs=("catalog-migrate", "services-migrate"),
    )


def _facade(place: Place, options: Options, old: OldSide) -> Process:
    """Needs no service: the facade starts first, and answers whatever else runs."""
    arguments = {
        "--routes": place.path("routes"),
        "--listen": place.address("facade"),
        "--admin": place.address("admin"),
        "--workers": str(options.facade_workers),
    }
    return Process(
        name="facade",
        command=(place.python, "-m", "facade", "run", *chain(*arguments.items())),
        env={
            "FACADE_RUNTIME": place.path("runtime"),
            "FACADE_NATS_URL": nats_url(place, "facade"),
            **old.facade,
            "FACADE_IDENTITY_KEY": f"{place.path('keys')}/facade/identity.json",
            "FACADE_SESSION_KEY": f"{place.path('keys')}/public/session.json",
            "FACADE_AFTER_KEY": f"{place.path('keys')}/facade/after.json",
        },
        needs=("nats", "keys"),
        ready=HttpReady(place.address("admin"), "/readyz"),
        ports=("facade", "admin"),
    )
