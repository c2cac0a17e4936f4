"""The part of the stack that is deleted with the monolith: itself, its database, its feed, and the
other processes' settings about them.
"""

from fig.stack.addresses import database_url, nats_url
from fig.stack.old_side import OldSide
from fig.stack.places import Place
from fig.stack.serving import migration, service
from fig.supervise.probes import HttpReady
from fig.supervise.process import Process


def legacy_side(place: Place, workers: int, scale: int) -> OldSide:
    """`workers` of gunicorn; the seeded shop has `scale` times 2,000 products."""
    return OldSide(
        processes=(*_monolith(place, workers, scale), _feed(place)),
        owners=(database_url(place, "legacy"),),
        databases={
            "DATABASES_REPLICATORS": database_url(place, "feed", "legacy"),
            "DATABASES_READERS": database_url(place, "accounts", "legacy"),
            "DATABASES_REVERSE": database_url(place, "reverse", "legacy"),
            "DATABASES_BOUNDED": "legacy",
        },
        services=_services(place),
        facade={"FACADE_UPSTREAMS": f"legacy=http://{place.address('legacy')}"},
    )


def _monolith(place: Place, workers: int, scale: int) -> tuple[Process, ...]:
    database = {"LEGACY_DATABASE_URL": database_url(place, "legacy")}
    seed = (place.python, "-m", "legacy_monolith.seed", "--scale", str(scale))
    logger = ("--logger-class", "fig.stack.direct_log.DirectLogger")
    wsgi = ("-c", "python:legacy_monolith.gunicorn_conf", *logger, "legacy_monolith.wsgi:app")
    settings = {
        "LEGACY_SECRET_KEY": place.secret("session"),
        "LEGACY_TIMEZONE": "Europe/Berlin",
        "LEGACY_LISTEN": place.address("legacy"),
        "LEGACY_WORKERS": str(workers),
    }
    return (
        migration(place, "legacy-migrate", "legacy", database),
        Process(
            name="legacy-seed",
            command=seed,
            forked=True,
            env=database,
            needs=("legacy-migrate",),
            patience=600.0 + 20.0 * scale,
        ),
        Process(
            name="legacy",
            command=(place.python, "-m", "gunicorn", *wsgi),
            forked=True,
            env=database | settings,
            needs=("legacy-seed",),
            ready=HttpReady(place.address("legacy"), "/healthz"),
            ports=("legacy",),
        ),
    )


def _feed(place: Place) -> Process:
    return service(
        place,
        "feed",
        ("legacy-seed", "nats"),
        legacy_url=database_url(place, "feed", "legacy"),
        owner_url=database_url(place, "legacy"),
        nats_url=nats_url(place, "feed"),
        listen=place.address("feed"),
    )


def _services(place: Place) -> dict[str, dict[str, str]]:
    """Each may call the monolith, or the sidecar while that stands before it; and what each may do
    in its database."""
    calls = {
        "legacy_url": f"http://{place.address('legacy')}",
        "legacy_redirects": place.path("redirects"),
    }
    writes = database_url(place, "reverse", "legacy")
    return {
        "catalog": {**calls, "legacy_database_url": writes},
        "orders": {**calls, "legacy_database_url": writes},
        "inventory": {**calls, "legacy_database_url": writes},
        "sales": calls,
        # It reads there what customers log in with, and writes there what it owns.
        "accounts": {
            **calls,
            "legacy_database_url": database_url(place, "accounts", "legacy"),
            "reverse_database_url": writes,
        },
    }
