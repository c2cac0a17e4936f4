"""The back office as the stack would run it: monolith, feed, catalog, inventory; the connection of
both services to the monolith can be cut.
"""

# ruff: noqa: F811 - fixtures that several folders use

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest
from joserfc.jwk import OKPKey

from chassis.web.callers import Credentials
from chassis.web.sealed import Session, seal
from migrations import runner
from tests.rigs.databases.connections import Connections
from tests.rigs.processes.pace import until_next
from tests.rigs.shop.cutting import Cutter
from tests.rigs.shop.fixtures import (  # noqa: F401
    keys,
    legacy_urls,
    monolith,
    nats,
    new_database,
)
from tests.rigs.shop.sides import PASSWORD, Gunicorn, fed_services, key_settings

BOSS, ANNA = "ben@example.com", "anna@example.com"


@dataclass
class Office:
    """All of it, with what a test asks and breaks."""

    legacy: Gunicorn
    owner: str
    databases: dict[str, str]
    keys: dict[str, OKPKey]
    cutter: Cutter
    processes: dict[str, Any] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    connections: Connections = field(default_factory=Connections)

    def person(self, email: str = BOSS) -> dict[str, str]:
        """As the storefront names a person to the services."""
        if email not in self.cookies:
            login = {"email": email, "password": PASSWORD}
            answer = httpx2.post(f"{self.legacy.url}/api/login", json=login)
            assert answer.json()["ok"] == "Y", answer.text
            self.cookies[email] = f"session={answer.cookies['session']}"
        sealed = seal(self.keys["sealing"], Session(email, self.cookies[email]))
        return {"email": email, "name": "Anna Huber", "session": sealed}

    def post(self, service: str, path: str, body: dict[str, Any], **more: Any) -> httpx2.Response:
        """One call as the storefront makes it."""
        token = Credentials("storefront", self.keys["calling"]).token(service)
        url = f"{self.processes[service].url}{path}"
        headers = {"authorization": f"Bearer {token}"}
        return httpx2.post(url, json=body, headers=headers, timeout=15, **more)

    def save(self, sku: str = "TENT", key: str = "", email: str = BOSS, **form: Any) -> Any:
        """A product's form."""
        form = {"price": "100.00", "active": True, **form}
        body = {"person": self.person(email), "sku": sku, "form": form}
        return self.post("catalog", f"/articles/{key or uuid.uuid4().hex}", body)

    def count(
        self, variant: str, pieces: str, key: str = "", email: str = BOSS, sku: str = "TENT"
    ) -> Any:
        """A variant's form."""
        body = {"person": self.person(email), "sku": sku, "variant": variant, "pieces": pieces}
        return self.post("inventory", f"/counts/{key or uuid.uuid4().hex}", body)

    def legacy_value(self, statement: str, *values: Any) -> Any:
        """One value of the monolith's database."""
        return self.query(self.owner, statement, *values)[0][0]

    def query(self, url: str, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of a database."""
        cursor = self.connections.to(url).execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []

    def phase(self, service: str, kind: str, key: str) -> str:
        """Where a saga stands."""
        (row,) = self.query(
            self.databases[service], "SELECT phase FROM saga WHERE id = %s", f"{kind}:{key}"
        )
        return str(row[0])

    def until(self, what: str, check: Callable[[], bool], seconds: float = 60.0) -> None:
        """Poll until it holds."""
        since = time.monotonic()
        while not check():
            assert time.monotonic() < since + seconds, f"{what}: not within {seconds:.0f} s"
            time.sleep(until_next(since))


@pytest.fixture(scope="module")
def office(
    legacy_urls: tuple[str, str],
    monolith: Gunicorn,
    nats: Any,
    keys: dict[str, OKPKey],
    new_database: Callable[[str], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Office]:
    """All of it, ready; Ben is of the staff."""
    owner, _ = legacy_urls
    databases = {name: new_database(name) for name in ("catalog", "inventory")}
    for name, url in databases.items():
        runner.upgrade(name, url)
    folder = tmp_path_factory.mktemp("office")
    key_files = key_settings(folder, keys)
    cutter = Cutter(int(monolith.url.rpartition(":")[2]))
    made = Office(monolith, owner, databases, keys, cutter)
    made.query(owner, "UPDATE customer SET is_admin = 'Y' WHERE email = %s", BOSS)

    try:
        with fed_services(nats.url, folder, legacy_urls) as services:
            made.processes = services.processes
            for name, url in databases.items():
                services.start(
                    name,
                    database_url=url,
                    legacy_url=cutter.url,
                    **key_files,
                )
            services.wait_until_ready()
            yield made
    finally:
        cutter.close()
        made.connections.close()
