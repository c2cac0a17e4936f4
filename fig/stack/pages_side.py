"""The part of the stack that answers with pages."""

from fig.stack.addresses import nats_url
from fig.stack.places import Place
from fig.stack.serving import service
from fig.supervise.process import Process


def storefront(place: Place) -> Process:
    """It finds the services that it asks in the registry, and proves to them that it calls."""
    return service(
        place,
        "storefront",
        ("nats", "keys", "catalog"),
        nats_url=nats_url(place, "storefront"),
        listen=place.address("storefront"),
        service_key=f"{place.path('keys')}/storefront/service.json",
    )
