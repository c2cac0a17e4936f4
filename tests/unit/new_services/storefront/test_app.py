"""The storefront, put together."""

from pathlib import Path
from typing import Any, cast

import orjson
import pytest
from fastapi import FastAPI
from joserfc.jwk import OKPKey
from prometheus_client import CollectorRegistry

from chassis.process.assembly import Parts as ProcessParts
from chassis.process.assembly import StatelessGround
from chassis.web.app import build_app
from chassis.web.callers import Callers
from new_services.storefront.app import _tokens, build
from new_services.storefront.parts import SERVICES
from new_services.storefront.settings import StorefrontSettings


def settings(**more: Any) -> StorefrontSettings:
    given: dict[str, Any] = {"nats_url": "nats://localhost:1", "listen": "127.0.0.1:0"}
    return StorefrontSettings(**(given | more))


async def built(**more: Any) -> ProcessParts:
    nats: Any = None
    ground = StatelessGround(
        name="storefront",
        instance="1",
        settings=settings(**more),
        nats=nats,
        metrics=CollectorRegistry(),
    )
    return await build(ground)


async def test_it_is_ready_once_it_knows_where_the_catalog_is() -> None:
    assert await (await built()).ready() == "no instance of catalog is known"
    assert await (await built(catalog_url="http://127.0.0.1:1")).ready() is None


async def test_pages_and_breakers_are_there() -> None:
    parts = await built(catalog_url="http://127.0.0.1:1")
    app = build_app("Storefront", parts.ready, CollectorRegistry())
    parts.register(app)
    assert "/" in {getattr(route, "path", "") for route in cast(FastAPI, app).routes}
    details = parts.details()
    assert details["breakers"] == {name: {} for name in SERVICES}
    assert details["reason"] == "catalog, inventory, orders, sales: does not say how fresh it is"
    await parts.close()


def test_it_proves_who_calls(tmp_path: Path) -> None:
    key, path = OKPKey.generate_key("Ed25519", auto_kid=True), tmp_path / "service.json"
    path.write_bytes(orjson.dumps(key.as_dict(private=True)))
    token = _tokens(settings(service_key=path))("accounts")
    assert Callers("accounts", {"storefront": key}).check(f"Bearer {token}") == "storefront"
    assert _tokens(settings())("accounts") == ""


@pytest.mark.parametrize("deadline", [0, -1])
def test_a_page_needs_time(deadline: float) -> None:
    with pytest.raises(ValueError, match="greater than 0"):
        settings(deadline=deadline)
