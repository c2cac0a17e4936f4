"""Composition root of the storefront: the services it asks, and the pages made of their answers."""

from collections.abc import Callable

import orjson
from fastapi import FastAPI
from joserfc.jwk import OKPKey

from chassis.process.assembly import Parts as ProcessParts
from chassis.process.assembly import StatelessGround
from chassis.registry.instances import Directory
from chassis.web.callers import Credentials
from chassis.web.service import ServiceClient
from new_services.storefront import errors, routing
from new_services.storefront.freshness import Freshness
from new_services.storefront.pages import PAGES
from new_services.storefront.parts import READ_MODELS, SERVICES, connect
from new_services.storefront.parts.part import Part
from new_services.storefront.settings import StorefrontSettings

NEEDED = "catalog"  # no page of the shop is anything without it


async def build(ground: StatelessGround) -> ProcessParts:
    """Clients of the services, pages."""
    settings = ground.settings
    assert isinstance(settings, StorefrontSettings)
    fixed = {name: str(getattr(settings, f"{name}_url")).split() for name in SERVICES}
    directory = Directory(ground.nats, fixed)
    token = _tokens(settings)
    clients = {name: _client(name, directory) for name in SERVICES}
    freshness = Freshness({name: clients[name] for name in READ_MODELS})
    parts = connect({name: Part(client, token) for name, client in clients.items()})

    def register(app: FastAPI) -> None:
        errors.register(app)
        routing.register(app, PAGES, parts, settings.deadline)

    async def ready() -> str | None:
        await freshness.look()
        return None if directory.urls(NEEDED) else f"no instance of {NEEDED} is known"

    async def close() -> None:
        for client in clients.values():
            await client.close()

    return ProcessParts(
        register=register,
        background=[directory.run],
        ready=ready,
        details=lambda: {
            "breakers": {name: each.facts() for name, each in clients.items()},
            **freshness.details(),
        },
        close=close,
    )


def _client(name: str, directory: Directory) -> ServiceClient:
    """A service, wherever its instances are."""
    return ServiceClient(name, lambda: directory.urls(name))


def _tokens(settings: StorefrontSettings) -> Callable[[str], str]:
    """By the name of the service that is called: what proves to it who calls."""
    if settings.service_key is None:
        return lambda _: ""
    key = OKPKey.import_key(orjson.loads(settings.service_key.read_bytes()))
    return Credentials("storefront", key).token
