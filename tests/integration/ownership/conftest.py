"""The goods between two owners: monolith, feed and catalog, as the stack would run them."""

# ruff: noqa: F811 - fixtures that several folders use

import re
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import httpx2
import pytest
from joserfc.jwk import OKPKey

from migrations import runner
from tests.integration.back_office.conftest import BOSS, Office
from tests.rigs.ownership import reverse
from tests.rigs.shop.cutting import Cutter
from tests.rigs.shop.fixtures import (  # noqa: F401
    keys,
    legacy_urls,
    monolith,
    nats,
    new_database,
)
from tests.rigs.shop.sides import Gunicorn, fed_services, key_settings

TRIES = 3


@dataclass
class Hands(Office):
    """An office whose goods change owner. `aborted`: attempts for which a machine was too busy."""

    service: ClassVar[str] = "catalog"  # the one that owns the domain on the new side
    domain: ClassVar[str] = "goods"
    reverse: str = ""  # the URL of its role
    aborted: int = 0

    @property
    def url(self) -> str:
        """Of the service's endpoint for cutovers."""
        return f"{self.processes[self.service].url}/cutover/{self.domain}"

    def standing(self) -> dict[str, Any]:
        """Where the domain stands."""
        found: dict[str, Any] = httpx2.get(self.url, timeout=10).json()
        return found

    def begin(self, toward: str, operator: str = "test") -> httpx2.Response:
        """Order a cutover."""
        return httpx2.post(self.url, json={"toward": toward, "operator": operator}, timeout=10)

    def move(self, toward: str, operator: str = "test") -> dict[str, Any]:
        """A cutover that must succeed; where they stand then. A busy machine may need more than one
        attempt; one that comes to nothing changes nothing."""
        for _ in range(TRIES):
            answer = self.begin(toward, operator)
            assert answer.status_code == 202, answer.text
            self.until("settled", lambda: self.standing()["phase"] == "settled")
            standing = self.standing()
            if standing["owner"] == toward:
                return standing
            self.aborted += 1
        raise AssertionError(standing["words"])

    def settled(self, owner: str, seconds: float = 60.0) -> dict[str, Any]:
        """Once nothing is under way; the owner must be this one."""
        self.until("settled", lambda: self.standing()["phase"] == "settled", seconds)
        standing = self.standing()
        assert standing["owner"] == owner, f"{standing['words']}: {standing}"
        return standing

    def product(self) -> tuple[Any, ...]:
        """Price, discount and name as the monolith's table has them."""
        statement = "SELECT price, disc_pct, name FROM product WHERE sku = 'TENT'"
        return tuple(self.query(self.owner, statement)[0])

    def shown(self) -> dict[str, Any]:
        """The product as the catalog's clients see it."""
        url = self.processes["catalog"].url
        found: dict[str, Any] = httpx2.get(f"{url}/api/products/TENT", timeout=10).json()
        return found

    def monolith_saves(self, price: str) -> httpx2.Response:
        """The monolith's own form, as its page sends it."""
        cookie = {"cookie": self._cookie()}
        page = httpx2.get(f"{self.legacy.url}/admin/products/TENT", headers=cookie, timeout=10)
        token = re.search(r'name="csrf" value="([^"]+)"', page.text)
        assert token is not None, page.text
        cookie = {"cookie": f"session={page.cookies['session']}"} if page.cookies else cookie
        return httpx2.post(
            f"{self.legacy.url}/admin/products/TENT",
            data={"price": price, "name": "Zelt", "active": "Y", "csrf": token[1]},
            headers=cookie,
            timeout=15,
        )

    def _cookie(self) -> str:
        self.person()
        return self.cookies[BOSS]

    def restart(self) -> None:
        """Start the service after it was killed."""
        service = self.processes[self.service]
        service.start()
        service.wait_until_ready()

    def signal(self, number: signal.Signals) -> None:
        """To the service."""
        self.processes[self.service].process.send_signal(number)


@pytest.fixture(scope="module")
def hands(
    legacy_urls: tuple[str, str],
    monolith: Gunicorn,
    nats: Any,
    keys: dict[str, OKPKey],
    new_database: Callable[[str], str],
    postgres_server: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Hands]:
    """All of it, ready; Ben is of the staff."""
    owner, _ = legacy_urls
    database = new_database("catalog")
    runner.upgrade("catalog", database)
    role = reverse.role_at(postgres_server.url(), owner)
    folder = tmp_path_factory.mktemp("hands")
    key_files = key_settings(folder, keys)
    cutter = Cutter(int(monolith.url.rpartition(":")[2]))
    made = Hands(monolith, owner, {"catalog": database}, keys, cutter, reverse=role)
    made.query(owner, "UPDATE customer SET is_admin = 'Y' WHERE email = %s", BOSS)

    try:
        with fed_services(nats.url, folder, legacy_urls) as services:
            made.processes = services.processes
            services.start(
                "catalog",
                database_url=database,
                legacy_url=cutter.url,
                legacy_database_url=role,
                **key_files,
            )
            services.wait_until_ready()
            yield made
    finally:
        cutter.close()
        made.connections.close()
