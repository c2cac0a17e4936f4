"""The accounts between two owners: monolith, feed and accounts, as the stack would run them."""

# ruff: noqa: F811 - fixtures that several folders use

import re
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import httpx2
import pytest
from joserfc.jwk import OKPKey

from migrations import runner
from tests.integration.ownership.conftest import Hands
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

FORM = {"name": "Eva", "street": "Gasse 1", "zip": "6020", "city": "Füssen"}
NEW_PASSWORD = "pass word"
TOKEN = re.compile(r'name="csrf" value="([^"]+)"')


@dataclass
class Registry(Hands):
    """A shop whose accounts change owner."""

    service: ClassVar[str] = "accounts"
    domain: ClassVar[str] = "accounts"
    turned_away: int = 0
    superuser: str = ""  # URL of the monolith's database, as the server's owner

    def address(self) -> str:
        """One that nobody has."""
        return f"eva{secrets.token_hex(4)}@example.org"

    def register(self, address: str, **fields: str) -> httpx2.Response:
        """The form, as the storefront sends it."""
        body = {"email": address, "password": NEW_PASSWORD, **FORM, **fields}
        return self.post("accounts", "/registrations/form", body)

    def refused(self, pause: float = 0.0) -> int:
        """How many registrations were refused by now, with this one, while nobody is there."""
        time.sleep(pause)
        assert self.register(self.address()).status_code in (202, 503)
        self.turned_away += 1
        return self.turned_away

    def monolith_registers(self, address: str) -> httpx2.Response:
        """The monolith's own form, as its page sends it."""
        with httpx2.Client(base_url=self.legacy.url, timeout=15) as browser:
            token = TOKEN.search(browser.get("/register").text)
            assert token is not None
            body = {"email": address, "password": NEW_PASSWORD, **FORM, "csrf": token[1]}
            return browser.post("/register", data=body)

    def login(self, side: str, address: str, password: str = NEW_PASSWORD) -> dict[str, Any]:
        """The answer of `legacy` or `accounts` to a login of the API."""
        base = self.legacy.url if side == "legacy" else self.processes[side].url
        body = {"email": address, "password": password}
        found: dict[str, Any] = httpx2.post(f"{base}/api/login", json=body, timeout=10).json()
        return found

    def known(self, address: str) -> list[tuple[Any, ...]]:
        """The monolith's rows with this address."""
        statement = (
            "SELECT id, name, street, zip, city, country, is_admin FROM customer WHERE email = %s"
        )
        return self.query(self.owner, statement, address)

    def me(self, side: str, answer: httpx2.Response) -> dict[str, Any]:
        """Who that side says a new session belongs to."""
        assert answer.status_code == 200, answer.text
        base = self.legacy.url if side == "legacy" else self.processes[side].url
        cookie = answer.json()["set_cookie"].partition(";")[0]
        url, headers = f"{base}/api/me", {"cookie": cookie}
        found: dict[str, Any] = httpx2.get(url, headers=headers, timeout=10).json()
        return found


@pytest.fixture(scope="module")
def registry(
    legacy_urls: tuple[str, str],
    monolith: Gunicorn,
    nats: Any,
    keys: dict[str, OKPKey],
    new_database: Callable[[str], str],
    postgres_server: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Registry]:
    """All of it, ready."""
    owner, _ = legacy_urls
    database = new_database("accounts")
    runner.upgrade("accounts", database)
    role = reverse.role_at(postgres_server.url(), owner)
    folder = tmp_path_factory.mktemp("registry")
    callers = key_settings(folder, keys)["caller_keys"]
    cutter = Cutter(int(monolith.url.rpartition(":")[2]))
    superuser = postgres_server.url(owner.rsplit("/", 1)[1])
    made = Registry(
        monolith, owner, {"accounts": database}, keys, cutter, reverse=role, superuser=superuser
    )

    try:
        with fed_services(nats.url, folder, legacy_urls) as services:
            made.processes = services.processes
            services.start(
                "accounts",
                database_url=database,
                legacy_url=cutter.url,
                legacy_database_url=owner,
                reverse_database_url=role,
                secret_key=monolith.environment["LEGACY_SECRET_KEY"],
                caller_keys=callers,
            )
            services.wait_until_ready()
            yield made
    finally:
        cutter.close()
        made.connections.close()
