"""The part of the stack that takes orders on the new side, and counts them: services and what they
need.
"""

from fig.stack.addresses import database_url, nats_url
from fig.stack.places import Place
from fig.supervise.probes import HttpReady, TcpReady
from fig.supervise.process import Process

SERVICES = ("orders", "inventory", "payments", "notifications", "sales")
FIRST_SNAPSHOT = 60.0  # seconds to read it in, the first time


def keys(place: Place) -> Process:
    """Whose signature counts, and who may open a sealed session."""
    return Process(
        name="keys",
        command=(place.python, "-m", "fig.stack.keys", place.path("keys")),
    )


def order_side(place: Place) -> tuple[Process, ...]:
    """The databases' schemas in one process, which starts sooner than five; then the services."""
    databases = {_variable(name, "database_url"): database_url(place, name) for name in SERVICES}
    return (
        Process(
            name="services-migrate",
            command=(place.python, "-m", "migrations", ",".join(SERVICES), "upgrade"),
            env=databases,
            needs=("databases",),
        ),
        _mail(place),
        _service(place, "payments"),
        _service(place, "inventory", patience=FIRST_SNAPSHOT),
        _orders(place),
        _service(place, "notifications", smtp=place.address("mail")),
        _sales(place),
    )


def _orders(place: Place) -> Process:
    folder = place.path("keys")
    return _service(
        place,
        "orders",
        needs=("keys",),
        patience=FIRST_SNAPSHOT,
        inventory_url=f"http://{place.address('inventory')}",
        payments_url=f"http://{place.address('payments')}",
        legacy_url=f"http://{place.address('legacy')}",
        identity_keys=f"{folder}/public/identity.json",
        session_key=f"{folder}/orders/session.json",
    )


def _sales(place: Place) -> Process:
    """Opens sessions as well: its pages carry the token of their forms."""
    folder = place.path("keys")
    return _service(
        place,
        "sales",
        needs=("keys",),
        patience=FIRST_SNAPSHOT,
        identity_keys=f"{folder}/public/identity.json",
        session_key=f"{folder}/orders/session.json",
    )


def _mail(place: Place) -> Process:
    """Stands for the shop's mail server."""
    listen = place.address("mail")
    return Process(
        name="mail",
        command=(place.python, "-m", "new_services.notifications.sink", listen),
        ready=TcpReady(listen),
        ports=("mail",),
    )


def _service(
    place: Place, name: str, needs: tuple[str, ...] = (), patience: float = 30.0, **settings: str
) -> Process:
    everyone = {
        "database_url": database_url(place, name),
        "nats_url": nats_url(place),
        "listen": place.address(name),
    }
    return Process(
        name=name,
        command=(place.python, "-m", f"new_services.{name}"),
        env={_variable(name, key): value for key, value in (everyone | settings).items()},
        needs=("services-migrate", "nats", *needs),
        ready=HttpReady(place.address(name), "/readyz"),
        ports=(name,),
        patience=patience,
    )


def _variable(name: str, key: str) -> str:
    return f"{name}_{key}".upper()
