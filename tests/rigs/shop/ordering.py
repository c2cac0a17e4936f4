"""The order side of a shop, with what a test asks and breaks.

The tests play the facade: they log in at the monolith, sign who is asking, and seal the session.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import asyncpg
import httpx2
from joserfc.jwk import OKPKey

from chassis.retention import Rule, clean
from chassis.web import headers
from chassis.web.identity import issue
from chassis.web.sealed import Session, seal
from new_services.inventory import cleaning as of_inventory
from new_services.orders import cleaning as of_orders
from new_services.payments import cleaning as of_payments
from tests.rigs.databases.connections import Connections
from tests.rigs.processes.pace import until_next
from tests.rigs.shop.sides import PASSWORD, Gunicorn

STAND = "SELECT order_no, status FROM orders ORDER BY order_no"
HEARD = "SELECT order_no, status FROM order_document WHERE body IS NOT NULL ORDER BY order_no"
UNJUDGED = """
SELECT count(*) FROM unjudged_order LEFT JOIN saga ON saga.id = saga_id
WHERE saga.id IS NULL OR saga.phase IN ('done', 'undone')
"""
FORGETS = {
    "orders": of_orders.RULES, "inventory": of_inventory.RULES, "payments": of_payments.RULES,
}  # fmt: skip
ANNA = "anna@example.com"
IN_A_MINUTE = -60.0  # what is younger is too old already


@dataclass
class Shop:
    """All of it."""

    legacy: Gunicorn
    owner: str
    databases: dict[str, str]
    keys: dict[str, OKPKey]
    superuser: str  # URL of the server, as its owner
    processes: dict[str, Any] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    connections: Connections = field(default_factory=Connections)

    def login(self, email: str) -> str:
        """The session cookie, as `name=value`."""
        if email not in self.cookies:
            answer = httpx2.post(
                f"{self.legacy.url}/api/login", json={"email": email, "password": PASSWORD}
            )
            assert answer.json()["ok"] == "Y", answer.text
            self.cookies[email] = f"session={answer.cookies['session']}"
        return self.cookies[email]

    def as_facade(self, email: str, **more: str) -> dict[str, str]:
        """What the facade adds to a request of this customer."""
        session = Session(email, self.login(email))
        return {
            headers.IDENTITY: issue(self.keys["signing"], email, "Anna Huber", time.time()),
            headers.SESSION: seal(self.keys["sealing"], session),
            headers.TABLE: "abc123",
            **more,
        }

    def ask(self, side: str, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """One request of Anna's, on either side."""
        email = more.pop("email", ANNA)
        extra = more.pop("headers", {})
        if side == "legacy":
            url, extra = self.legacy.url, {"cookie": self.login(email), **extra}
        else:
            url, extra = self.processes["orders"].url, self.as_facade(email, **extra)
        return httpx2.request(method, url + path, json=body, headers=extra, timeout=15)

    def place(self, side: str, wanted: Any, **more: Any) -> dict[str, Any]:
        """The order; where it was only promised at first, once it is placed: a machine is busy."""
        answer = self.ask(side, "POST", "/api/orders", wanted, **more)
        return self._outcome(side, answer, 201, **more)

    def cancel(self, side: str, order_no: str, **more: Any) -> dict[str, Any]:
        """The order that is cancelled, at once or soon."""
        answer = self.ask(side, "POST", f"/api/orders/{order_no}/cancel", **more)
        return self._outcome(side, answer, 200, **more)

    def _outcome(self, side: str, answer: Any, status: int, **more: Any) -> dict[str, Any]:
        if answer.status_code != 202:
            assert answer.status_code == status, answer.text
            return dict(answer.json())
        place, email = answer.headers["location"], more.get("email", ANNA)

        def shown() -> dict[str, Any]:
            return dict(self.ask(side, "GET", place, email=email).json())

        self.until("it is done", lambda: shown()["status"] == "DONE")
        return dict(shown()["order"])

    def query(self, database: str, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of one of the databases."""
        url = self.owner if database == "legacy" else self.databases[database]
        cursor = self.connections.to(url).execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []

    def value(self, database: str, statement: str, *values: Any) -> Any:
        """One value."""
        return self.query(database, statement, *values)[0][0]

    def until(self, what: str, check: Callable[[], bool], seconds: float = 60.0) -> None:
        """Poll until it holds."""
        since = time.monotonic()
        while not check():
            assert time.monotonic() < since + seconds, f"{what}: not within {seconds:.0f} s"
            time.sleep(until_next(since))

    def settled(self) -> None:
        """Wait until inventory and orders have heard of everything and no saga is open."""
        self.until("sagas ended", lambda: not self._open())
        # Orders begins a saga for what it hears: an order cancelled in legacy is to be paid back.
        self.until(
            "orders heard", lambda: self.query("orders", HEARD) == self.query("legacy", STAND)
        )
        self.until("orders judged", lambda: not self.value("orders", UNJUDGED))
        self.until("sagas ended", lambda: not self._open())
        self.until("feed applied", lambda: self.value(
            "inventory", "SELECT coalesce(sum(abs(ahead)), 0) FROM level") == 0)  # fmt: skip

    def _open(self) -> int:
        return int(
            self.value("orders", "SELECT count(*) FROM saga WHERE phase IN ('forward', 'backward')")
        )

    def forget(self, *, settled: bool = True) -> None:
        """All retentions have passed, in every service: what may be forgotten is."""
        if settled:
            self.settled()
        for name, rules in FORGETS.items():
            asyncio.run(_forgotten(self.databases[name], rules))

    def balance(self) -> None:
        """Nothing lost, nothing doubled, nothing left behind: both sides hold the same."""
        self.settled()
        assert self.query("orders", "SELECT id, state FROM saga WHERE phase = 'parked'") == []
        left = self.query("legacy", "SELECT sku, qty FROM stock ORDER BY sku")
        mirrored = "SELECT sku, quantity FROM level WHERE updated <> '' ORDER BY sku"
        self.until("stock mirrored", lambda: self.query("inventory", mirrored) == left)
        drift = "SELECT sku FROM level WHERE ledger <> quantity + ahead OR reserved <> 0"
        assert self.query("inventory", drift) == []
        summed = "SELECT sku, sum(qty_change)::int FROM stock_movement GROUP BY sku ORDER BY sku"
        assert self.query("legacy", summed) == left
        captured = "SELECT coalesce(sum(captured - refunded), 0), coalesce(sum(authorised), 0)"
        money, authorised = self.query("payments", f"{captured} FROM provider.account")[0]
        alive = (
            "SELECT coalesce(sum(total::numeric), 0) FROM orders"
            " WHERE status <> 'CANCELLED' AND po_number LIKE '%%~%%'"
        )
        assert money == self.value("legacy", alive.replace("%%", "%"))
        assert authorised == 0
        twice = (
            "SELECT po_number FROM orders WHERE po_number LIKE '%~%'"
            " AND status <> 'CANCELLED' GROUP BY po_number HAVING count(*) > 1"
        )
        assert self.query("legacy", twice) == []


async def _forgotten(url: str, rules: Sequence[Rule]) -> None:
    at_once = [replace(rule, seconds=IN_A_MINUTE) for rule in rules]
    async with asyncpg.create_pool(url, min_size=1, max_size=1) as pool:
        await clean(pool, at_once)
