"""The part of the stack that answers with pages."""

from fig.stack.addresses import nats_url
from fig.stack.places import Place
from fig.supervise.probes import HttpReady
from fig.supervise.process import Process


def storefront(place: Place) -> Process:
    """It finds the services that it asks in the registry, and proves to them that it calls."""
    return Process(
        name="storefront",
        command=(place.python, "-m", "new_services.storefront"),
        forked=True,
        env={
            "STOREFRONT_NATS_URL": nats_url(place, "storefront"),
            "STOREFRONT_LISTEN": place.address("storefront"),
            "STOREFRONT_SERVICE_KEY": f"{place.path('keys')}/storefront/service.json",
        },
        needs=("nats", "keys", "catalog"),
        ready=HttpReady(place.address("storefront"), "/readyz"),
        ports=("storefront",),
    )
