"""The shop's pages in shadow behind the real facade, with the routes and rules that are shipped.

`pytest -s` prints the pairs of each route, and the share of wrong answers that they exclude.
"""

import asyncio
import json
import os
import socket
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn
import yaml
from flask import Flask
from werkzeug.serving import make_server

from chassis.process.tokens import authorization
from tests.integration.storefront.conftest import (
    ADMIN,
    ADMIN_PASSWORD,
    CUSTOMER,
    PASSWORD,
    storefront,
)
from tests.integration.storefront.test_shop_pages import NOT_FOUND, OK
from tests.rigs.processes.engines import wait_until
from tests.rigs.processes.warm import WARM
from tests.rigs.processes.warm_facade import FACADE

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]
PROJECT = Path(__file__).parents[3]
MOVED = {
    *("home-page", "search-page", "category-page", "product-page", "cart-page"),
    *("pictures", "static-files", "favicon", "robots", "login-page", "register-page"),
    *(
        "admin-page",
        "admin-home",
        "admin-products-page",
        "admin-product-page",
        "sales-report",
        "sales-csv",
    ),
}
FEWEST, ROUNDS = 4, 4  # pairs of a route; a busy machine sheds copies, and is asked again
DAYS = "from=2026-07-01&to=2026-07-10"
STAFF = (
    *("/login", "/login?next=/cart", "/login?next=//elsewhere", "/register", "/admin", "/admin/"),
    *(
        "/admin/products",
        "/admin/products?page=3",
        "/admin/products?q=tent",
        "/admin/products?q=%25",
    ),
    *("/admin/products/NOPE", f"/admin/report?{DAYS}", f"/admin/report.csv?{DAYS}"),
)


@pytest.fixture
def legacy_server(legacy: Flask) -> Iterator[str]:
    """The monolith behind a port."""
    server = make_server("127.0.0.1", 0, legacy, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def storefront_server(legacy: Flask, databases: dict[str, str], signers: str) -> Iterator[str]:
    """The storefront behind a port, on a loop of its own."""
    port = socket.create_server(("127.0.0.1", 0))
    servers: list[uvicorn.Server] = []

    async def serve() -> None:
        async with storefront(legacy, databases, signers) as app:
            servers.append(uvicorn.Server(uvicorn.Config(app, log_config=None)))
            await servers[0].serve(sockets=[port])

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    wait_until("the storefront", lambda: bool(servers) and servers[0].started)
    yield f"http://127.0.0.1:{port.getsockname()[1]}"
    servers[0].should_exit = True
    thread.join()


@dataclass
class Facade:
    """A running one."""

    url: str
    admin: str

    def evidence(self) -> dict[str, Any]:
        """Of each route."""
        request = urllib.request.Request(
            f"{self.admin}/api/compare", headers=authorization(self.admin)
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return {one["route"]: one for one in json.load(answer)["routes"]}


def shipped(legacy: str, new: str) -> str:
    """The shop's route file, its pages in shadow, for these addresses."""
    document = yaml.safe_load((PROJECT / "routes.yaml").read_text("utf-8"))
    document["upstreams"]["legacy"] = {"url": legacy}
    document["upstreams"]["storefront"] = {"url": new, "session_cookie": "keep"}
    for route in document["routes"]:
        if route["name"] in MOVED:
            route["stage"] = "shadow"
    assert {route["name"] for route in document["routes"]} >= MOVED
    return yaml.safe_dump(document, sort_keys=False)


@pytest.fixture
def facade(
    legacy_server: str, storefront_server: str, tmp_path: Path, free_port: Callable[[], int]
) -> Iterator[Facade]:
    """In front of both."""
    routes = tmp_path / "routes.yaml"
    routes.write_text(shipped(legacy_server, storefront_server))
    made = Facade(*(f"http://127.0.0.1:{free_port()}" for _ in range(2)))
    addresses = ("--listen", made.url[7:], "--admin", made.admin[7:], "--workers", "1")
    with (tmp_path / "facade.log").open("wb") as log:
        process = WARM.start(
            *(FACADE, "run", "--routes", str(routes), *addresses),
            env=os.environ | {"FACADE_RUNTIME": str(tmp_path / "run")}, stderr=log.fileno(),
        )  # fmt: skip

    def compares() -> bool:
        """It answers at once; the process that compares may come later, and sheds until then."""
        assert process.poll() is None, (tmp_path / "facade.log").read_text()
        try:
            assert httpx2.get(f"{made.url}/robots.txt", timeout=5).status_code == 200
            return bool(made.evidence()["robots"]["completed"])
        except (httpx2.HTTPError, OSError, KeyError):
            return False

    wait_until("the facade and its comparison", compares)
    yield made
    process.terminate()
    process.wait(30)


def visitors(facade: Facade) -> list[httpx2.Client]:
    """A stranger with an empty cart, one with a cart, a customer, and one of the staff."""
    cart = {"cart": "JKT-10001-0*2!NOPE*1"}
    made = [httpx2.Client(base_url=facade.url, timeout=30, cookies=given) for given in ({}, cart)]
    for email, password in ((CUSTOMER, PASSWORD), (ADMIN, ADMIN_PASSWORD)):
        client = httpx2.Client(base_url=facade.url, timeout=30)
        said = client.post("/api/login", json={"email": email, "password": password})
        assert said.json()["ok"] == "Y"
        made.append(client)
    return made


def test_no_page_differs(facade: Facade, legacy: Flask, both: Any) -> None:
    skus = both.values("SELECT sku FROM product WHERE mod(id, 40) = 1")
    kinds = [*OK, *NOT_FOUND, "/favicon.ico", *STAFF]
    articles = [f"{path}/{sku}" for path in ("/product", "/admin/products") for sku in skus]
    evidence = _asked(facade, [*kinds, *articles])
    for _ in range(ROUNDS):
        if _fewest(evidence) >= FEWEST:
            break
        evidence = _asked(facade, kinds)
    print()
    for name in sorted(MOVED):
        one = evidence[name]
        bound = f"at most {100 * one['upper_bound']:.2f} % are wrong"
        line = f"{one['compared']:5} pairs, {one['mismatched']} differ; {bound}"
        lost = f"{one['raced']} raced, not compared: {one['skipped']} {one['shed']}"
        print(f"{name:14} {line}; {lost}")
    wrong = {name: evidence[name]["clusters"] for name in MOVED if evidence[name]["mismatched"]}
    assert not wrong
    assert not {name: evidence[name]["failed"] for name in MOVED if evidence[name]["failed"]}
    assert _fewest(evidence) >= FEWEST
    assert sum(evidence[name]["compared"] for name in MOVED) > 350


def _asked(facade: Facade, targets: list[str]) -> dict[str, Any]:
    """The evidence, once each visitor has asked for these."""
    for visitor in visitors(facade):
        for target in targets:
            visitor.get(f"{facade.url}{target}", follow_redirects=False)
        visitor.close()
    return _settled(facade)


def _fewest(evidence: dict[str, Any]) -> int:
    """Pairs of the route that has the fewest."""
    return min(int(evidence[name]["compared"]) for name in MOVED)


def _settled(facade: Facade) -> dict[str, Any]:
    """Once every copy was answered and judged."""
    until = time.monotonic() + 120
    while True:
        found = facade.evidence()
        moved = [found[name] for name in MOVED if name in found]
        done = sum(one["compared"] + one["raced"] for one in moved)
        done += sum(sum(one[kind].values()) for one in moved for kind in ("failed", "skipped"))
        sent = sum(one["dispatched"] for one in moved)
        if len(moved) == len(MOVED) and sent and done >= sent:
            return found
        assert time.monotonic() < until, (sent, done, moved[:2])
        time.sleep(0.1)
