"""Everything that holds data: monolith, feed, and every service with a copy of another's domain."""

# ruff: noqa: F811 - fixtures that several folders use

import json
import signal
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from joserfc.jwk import OKPKey

from migrations import runner
from tests.integration.orders.conftest import shop, toward_legacy  # noqa: F401
from tests.rigs.ownership import reverse
from tests.rigs.shop.fixtures import (  # noqa: F401
    keys,
    legacy_urls,
    monolith,
    nats,
    new_database,
)
from tests.rigs.shop.sides import Gunicorn, services

OWNING = {"goods": "catalog", "orders": "orders", "accounts": "accounts"}


@pytest.fixture(scope="module")
def reverse_role(postgres_server: Any, legacy_urls: tuple[str, str]) -> str:
    return reverse.role_at(postgres_server.url(), legacy_urls[0])


class Whole:
    """A shop whose domains change hands, with its customers and staff."""

    def __init__(self, shop: Any) -> None:
        self.shop = shop

    def url(self, service: str) -> str:
        return str(self.shop.processes[service].url)

    def get(self, service: str, path: str) -> httpx2.Response:
        return httpx2.get(self.url(service) + path, timeout=15)

    def _post(self, service: str, path: str, body: Any = None) -> httpx2.Response:
        return httpx2.post(self.url(service) + path, json=body, timeout=15)

    def move(self, domain: str) -> None:
        """To the new side; a busy machine may need more than one attempt."""
        service, path = OWNING[domain], f"/cutover/{domain}"

        def moved() -> bool:
            order = {"toward": "new", "operator": "test"}
            self._post(service, path, order)
            settled = lambda: self.get(service, path).json()["phase"] == "settled"  # noqa: E731
            self.shop.until("settled", settled)
            return bool(self.get(service, path).json()["owner"] == "new")

        self.shop.until(f"{domain} moved", moved, 60.0)

    def close(self, domain: str) -> None:
        """Its window, once legacy has everything."""
        service, path = OWNING[domain], f"/cutover/{domain}"
        nothing_pending = lambda: self.get(service, path).json()["reverse"]["pending"] == 0  # noqa: E731
        self.shop.until("given", nothing_pending)
        answer = self._post(service, f"{path}/close")
        assert answer.json().get("window") == "closed", answer.text

    def heard(self, service: str) -> list[str]:
        """The domains that it knows to be closed."""
        return list(self.get(service, "/readyz").json()["closed"])

    def register(self, email: str) -> None:
        form = {"email": email, "name": "Eva", "street": "Gasse 1", "zip": "6020",
                "city": "Füssen", "password": "pass word"}  # fmt: skip
        answer = self._post("accounts", "/registrations/form", form)
        assert answer.status_code == 200, answer.text

    def save(self, price: str, *, active: bool = True) -> None:
        """The tent's form."""
        person = {"email": "ben@example.com", "name": "", "session": "sealed"}
        form = {"name": "Zelt", "price": price, "discount": "", "active": active}
        body = {"person": person, "sku": "TENT", "form": form}
        answer = self._post("catalog", f"/articles/{uuid.uuid4().hex}", body)
        assert answer.status_code == 200, answer.text

    def count(self, pieces: int, key: str = "") -> httpx2.Response:
        """The first tent's shelf."""
        person = {"email": "ben@example.com", "name": "", "session": "sealed"}
        body = {"person": person, "sku": "TENT", "variant": "TENT-0", "pieces": str(pieces)}
        return self._post("inventory", f"/counts/{key or uuid.uuid4().hex}", body)

    def stock(self) -> tuple[int, int]:
        """Of the first tent: at the inventory, and in the catalog."""
        product = self.get("catalog", "/api/products/TENT").json()
        shown = next(each["stock"] for each in product["variants"] if each["sku"] == "TENT-0")
        return self.get("inventory", "/api/stock/TENT-0").json()["stock"], shown

    def sold(self, order_no: str) -> list[tuple[str, str, int, str]]:
        """Its single lines: status, address, pieces, price."""
        lines = self.get("sales", "/internal/lines").json()["lines"]
        return [(line[2], line[3], int(line[6]), line[7]) for line in lines if line[0] == order_no]

    def freeze(self) -> None:
        """Monolith and feed stand still from here on."""
        self.shop.legacy.signal(signal.SIGSTOP)
        self.shop.processes["feed"].process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.shop.legacy.signal(signal.SIGCONT)
        self.shop.processes["feed"].process.send_signal(signal.SIGCONT)


@pytest.fixture(scope="module")
def whole(
    shop: Any,
    nats: Any,
    keys: dict[str, OKPKey],
    monolith: Gunicorn,
    reverse_role: str,
    new_database: Callable[[str], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Whole]:
    """All of it, ready."""
    folder = tmp_path_factory.mktemp("whole")
    private = folder / "session.json"
    private.write_text(json.dumps(keys["sealing"].as_dict(private=True)))
    secret = monolith.environment["LEGACY_SECRET_KEY"]
    reverse_url, legacy_url = reverse_role, monolith.url
    more: dict[str, dict[str, str]] = {
        "sales": {},
        "catalog": {"legacy_url": legacy_url, "legacy_database_url": reverse_url,
                    "session_key": str(private)},
        "accounts": {"legacy_url": legacy_url, "legacy_database_url": shop.owner,
                     "reverse_database_url": reverse_url, "secret_key": secret},
    }  # fmt: skip
    made = Whole(shop)
    with services(nats.url, folder) as started:
        for name, settings in more.items():
            shop.databases[name] = url = new_database(name)
            runner.upgrade(name, url)
            shop.processes[name] = started.start(name, database_url=url, **settings)
        try:
            started.wait_until_ready()
            yield made
        finally:
            made.thaw()
            for name in more:
                del shop.processes[name]
