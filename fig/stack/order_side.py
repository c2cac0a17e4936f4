"""The part of the stack that takes orders on the new side, counts them, and knows whose they are:
services and what they need.
"""

from dataclasses import replace
from typing import Any

from fig.stack.addresses import database_url, nats_url
from fig.stack.old_side import OldSide
from fig.stack.places import Place
from fig.stack.serving import migration, service, variable
from fig.supervise.probes import HttpReady, TcpReady
from fig.supervise.process import Process

SECOND = "-2"  # after the name of a service's second instance
SERVICES = ("orders", "inventory", "payments", "notifications", "sales", "accounts")
FIRST_SNAPSHOT = 60.0  # seconds to read it in, the first time


def keys(place: Place) -> Process:
    """Whose signature counts, and who may open a sealed session."""
    return Process(name="keys", command=(place.python, "-m", "fig.stack.keys", place.path("keys")))


def order_side(place: Place, old: OldSide) -> tuple[Process, ...]:
    """The databases' schemas in one process, which starts sooner than six; then the services."""
    databases = {variable(name, "database_url"): database_url(place, name) for name in SERVICES}
    return (
        migration(place, "services-migrate", ",".join(SERVICES), databases),
        _mail(place),
        _called(place, "payments"),
        _called(
            place,
            "inventory",
            patience=FIRST_SNAPSHOT,
            **old.services["inventory"],
            session_key=f"{place.path('keys')}/orders/session.json",
        ),
        _orders(place, old),
        _service(place, "notifications", smtp=place.address("mail")),
        _called(place, "sales", patience=FIRST_SNAPSHOT, **old.services["sales"]),
        _accounts(place, old),
    )


def _orders(place: Place, old: OldSide) -> Process:
    folder = place.path("keys")
    return _called(
        place,
        "orders",
        patience=FIRST_SNAPSHOT,
        **old.services["orders"],
        identity_keys=f"{folder}/public/identity.json",
        session_key=f"{folder}/orders/session.json",
        service_key=f"{folder}/orders/service.json",
    )


def _called(place: Place, name: str, **more: Any) -> Process:
    """One that other services call: it knows them by their keys."""
    keys = f"{place.path('keys')}/public/services.json"
    return _service(place, name, needs=("keys",), caller_keys=keys, **more)


def _accounts(place: Place, old: OldSide) -> Process:
    """Signs sessions as the monolith does."""
    return _called(
        place,
        "accounts",
        patience=FIRST_SNAPSHOT,
        **old.services["accounts"],
        secret_key=place.secret("session"),
    )


def _mail(place: Place) -> Process:
    """Stands for the shop's mail server."""
    listen = place.address("mail")
    return Process(
        name="mail",
        command=(place.python, "-m", "new_services.notifications.sink", listen),
        forked=True,
        ready=TcpReady(listen),
        ports=("mail",),
    )


def _service(place: Place, name: str, needs: tuple[str, ...] = (), **more: Any) -> Process:
    """With a database of its own, and the bus."""
    everyone = {
        "database_url": database_url(place, name),
        "nats_url": nats_url(place, name),
        "listen": place.address(name),
    }
    return service(place, name, ("services-migrate", "nats", *needs), **(everyone | more))


def second(place: Place, process: Process) -> Process:
    """A second instance of a service: the same, on another port."""
    name = f"{process.name}{SECOND}"
    listen = variable(process.name, "listen")
    return replace(
        process,
        name=name,
        env={**process.env, listen: place.address(name)},
        ready=HttpReady(place.address(name), "/readyz"),
        ports=(name,),
    )
