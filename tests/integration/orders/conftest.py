"""The order side as the stack would run it: monolith, feed, inventory, payments, orders.

The tests play the facade: they log in at the monolith, sign who is asking, and seal the session.
"""

import asyncio
import json
import os
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import psycopg
import pytest
from joserfc.jwk import KeySet, OKPKey
from psycopg import sql

from chassis.retention import Rule, clean
from chassis.web import headers
from chassis.web.identity import issue
from chassis.web.sealed import Session, seal
from legacy_monolith.passwords import hashed
from migrations import runner
from new_services.inventory import cleaning as of_inventory
from new_services.orders import cleaning as of_orders
from new_services.payments import cleaning as of_payments
from tests.rigs.processes.warm import WARM, Forked

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[2]
ACTIVE = "SELECT count(*) FROM pg_replication_slots WHERE slot_name = %s AND active"
STAND = "SELECT order_no, status FROM orders ORDER BY order_no"
HEARD = "SELECT order_no, status FROM order_document WHERE body IS NOT NULL ORDER BY order_no"
UNJUDGED = """
SELECT count(*) FROM unjudged_order LEFT JOIN saga ON saga.id = saga_id
WHERE saga.id IS NULL OR saga.phase IN ('done', 'undone')
"""
PASSWORD = "gipfelkreuz"
FORGETS = {
    "orders": of_orders.RULES, "inventory": of_inventory.RULES, "payments": of_payments.RULES,
}  # fmt: skip
IN_A_MINUTE = -60.0  # what is younger is too old already

SHOP = """
INSERT INTO category VALUES ('tents', 'Zelte', NULL, 1);
INSERT INTO product (sku, name, descr, cat_code, price, disc_pct) VALUES
    ('TENT', 'Kuppelzelt „Fjäll“', '', 'tents', '129.95', '15'),
    ('MUG', 'Becher', '', 'tents', '9.9', NULL), ('OLD', 'Alt', '', 'tents', '1.00', '');
UPDATE product SET active = 'N' WHERE sku = 'OLD';
INSERT INTO variant (product_id, sku, color, size, price_diff) VALUES
    (1, 'TENT-0', 'green', '2P', '0.00'), (1, 'TENT-1', 'green', '4P', '80.00'),
    (2, 'MUG-0', '', '', '0'), (3, 'OLD-0', '', '', '0');
INSERT INTO stock (sku, qty) VALUES ('TENT-0', 50), ('TENT-1', 3), ('MUG-0', 5000), ('OLD-0', 9);
INSERT INTO stock_movement (sku, qty_change, reason)
    SELECT sku, qty, 'INIT' FROM stock;
"""


@dataclass
class Gunicorn:
    """The monolith."""

    environment: dict[str, str]
    log: Path
    url: str = ""
    process: Forked | None = None

    def start(self) -> None:
        """Start, and wait until it answers."""
        words = ("-c", "python:legacy_monolith.gunicorn_conf", "legacy_monolith.wsgi:app")
        environment = os.environ | self.environment
        with self.log.open("ab") as log:
            self.process = WARM.start(
                "gunicorn", *words, env=environment, stderr=log.fileno(), session=True
            )
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline:
            try:
                if httpx2.get(f"{self.url}/healthz", timeout=1).status_code == 200:
                    return
            except httpx2.HTTPError:
                time.sleep(0.05)
        raise AssertionError(self.log.read_text())

    def kill(self) -> None:
        """Master and workers at once."""
        if self.process is not None:
            os.killpg(self.process.pid, 9)
            self.process.wait(10)
            self.process = None

    def signal(self, number: int) -> None:
        """To all of them: SIGSTOP, SIGCONT."""
        assert self.process is not None
        os.killpg(self.process.pid, number)


@dataclass
class Shop:
    """All of it, with what a test asks and breaks."""

    legacy: Gunicorn
    owner: str
    databases: dict[str, str]
    keys: dict[str, OKPKey]
    superuser: str  # URL of the server, as its owner
    processes: dict[str, Any] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)

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
        email = more.pop("email", "anna@example.com")
        extra = more.pop("headers", {})
        if side == "legacy":
            url, extra = self.legacy.url, {"cookie": self.login(email), **extra}
        else:
            url, extra = self.processes["orders"].url, self.as_facade(email, **extra)
        return httpx2.request(method, url + path, json=body, headers=extra, timeout=15)

    def query(self, database: str, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of one of the databases."""
        url = self.owner if database == "legacy" else self.databases[database]
        with psycopg.connect(url, autocommit=True) as connection:
            cursor = connection.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    def value(self, database: str, statement: str, *values: Any) -> Any:
        """One value."""
        return self.query(database, statement, *values)[0][0]

    def until(self, what: str, check: Callable[[], bool], seconds: float = 30.0) -> None:
        """Poll until it holds."""
        deadline = time.monotonic() + seconds
        while not check():
            assert time.monotonic() < deadline, f"{what}: not within {seconds:.0f} s"
            time.sleep(0.05)

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


@pytest.fixture(params=["soon", "when all is forgotten"])
def later(request: pytest.FixtureRequest, shop: Shop) -> Callable[[], None]:
    """Called before a test cancels: either nothing, or as much time as every retention has."""
    return shop.forget if request.param != "soon" else lambda: None


@pytest.fixture(scope="module")
def engines(request: pytest.FixtureRequest) -> Any:
    """The classes beside the shared fixtures: here one shop serves all tests of a module."""
    return request.config.pluginmanager.getplugin(str(HERE.parent / "conftest.py"))


@pytest.fixture(scope="module")
def new_database(postgres_server: Any) -> Callable[[str], str]:
    """Makes databases on the server that goes with the session."""

    def make(prefix: str) -> str:
        name = sql.Identifier(made := f"{prefix}_{secrets.token_hex(4)}")
        password = secrets.token_hex(8)
        with psycopg.connect(postgres_server.url(), autocommit=True) as connection:
            role = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
            connection.execute(role.format(name, sql.Literal(password)))
            connection.execute(sql.SQL("CREATE DATABASE {0} OWNER {0}").format(name))
        return str(postgres_server.url(made, made, password))

    return make


@pytest.fixture(scope="module")
def nats(engines: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A server of this module's own."""
    folder = tmp_path_factory.mktemp("nats")
    server = engines.NatsServer(folder, engines._free_port(), engines._free_port())
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="module")
def legacy_urls(postgres_server: Any, new_database: Callable[[str], str]) -> tuple[str, str]:
    """URLs of the monolith's database, as its owner and as the feed's role."""
    owner = new_database("legacy")
    runner.upgrade("legacy", owner)
    role, password = f"feed_{secrets.token_hex(4)}", secrets.token_hex(8)
    with psycopg.connect(postgres_server.url(), autocommit=True) as connection:
        create = sql.SQL("CREATE ROLE {} LOGIN REPLICATION PASSWORD {}")
        connection.execute(create.format(sql.Identifier(role), sql.Literal(password)))
    with psycopg.connect(owner) as connection:
        connection.execute(SHOP)
        for name in ("anna", "ben"):
            connection.execute(
                "INSERT INTO customer (email, name, pw_hash, street, zip, city)"
                " VALUES (%s, 'Anna Huber', %s, 'Gasse 1', '6020', 'Innsbruck')",
                [f"{name}@example.com", hashed(PASSWORD)],
            )
    return owner, postgres_server.url(owner.rsplit("/", 1)[1], role, password)


@pytest.fixture(scope="module")
def monolith(
    legacy_urls: Any, engines: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gunicorn]:
    """Started."""
    listen = f"127.0.0.1:{engines._free_port()}"
    environment = {
        "LEGACY_DATABASE_URL": legacy_urls[0],
        "LEGACY_SECRET_KEY": secrets.token_hex(16),
        "LEGACY_LISTEN": listen,
    }
    log = tmp_path_factory.mktemp("legacy") / "log"
    made = Gunicorn(environment, log, f"http://{listen}")
    try:
        made.start()
        yield made
    finally:
        made.kill()


@pytest.fixture(scope="module")
def keys() -> dict[str, OKPKey]:
    """The facade's: with one it signs, with the other it seals."""
    return {
        "signing": OKPKey.generate_key("Ed25519", auto_kid=True),
        "sealing": OKPKey.generate_key("X25519", auto_kid=True),
    }


@pytest.fixture(scope="module")
def toward_legacy(monolith: Gunicorn) -> str:
    """Where orders finds the monolith: a file may put something in between."""
    return monolith.url


@pytest.fixture(scope="module")
def reverse_role() -> str:
    """URL of the role that writes into the monolith's database what we own; a module that lets the
    orders change hands makes one."""
    return ""


@pytest.fixture(scope="module")
def shop(
    legacy_urls: tuple[str, str],
    monolith: Gunicorn,
    toward_legacy: str,
    nats: Any,
    keys: dict[str, OKPKey],
    new_database: Callable[[str], str],
    reverse_role: str,
    postgres_server: Any,
    engines: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Shop]:
    """All of it, ready."""
    owner, feed = legacy_urls
    databases = {name: new_database(name) for name in ("orders", "inventory", "payments")}
    for name, url in databases.items():
        runner.upgrade(name, url)
    folder = tmp_path_factory.mktemp("shop")
    jwks, private = folder / "jwks.json", folder / "session.json"
    jwks.write_text(json.dumps(KeySet([keys["signing"]]).as_dict(private=False)))
    private.write_text(json.dumps(keys["sealing"].as_dict(private=True)))
    made = Shop(monolith, owner, databases, keys, postgres_server.url())

    def start(name: str, module: str = "", **more: str) -> None:
        prefix, port = name.upper(), engines._free_port()
        settings = {"nats_url": nats.url, "listen": f"127.0.0.1:{port}", **more}
        if name in databases:
            settings["database_url"] = databases[name]
        environment = {f"{prefix}_{key.upper()}": value for key, value in settings.items()}
        log = folder / f"{name}.log"
        module = module or f"new_services.{name}"
        made.processes[name] = engines.ServiceProcess(module, environment, port, log).start()

    feed_module = "new_services.feed"
    slot = "fig_" + owner.rsplit("/", 1)[1]
    start("feed", feed_module, legacy_url=feed, owner_url=owner, slot=slot)
    reverse = {"legacy_database_url": reverse_role} if reverse_role else {}
    start("payments")
    start("inventory", **reverse)
    start(
        "orders",
        inventory_url=made.processes["inventory"].url,
        payments_url=made.processes["payments"].url,
        legacy_url=toward_legacy,
        identity_keys=str(jwks),
        session_key=str(private),
        **reverse,
    )
    try:
        for process in made.processes.values():
            process.wait_until_ready()
        yield made
    finally:
        for process in made.processes.values():
            process.kill()
    with psycopg.connect(feed, autocommit=True) as connection:  # the slot would keep log for ever
        drop = "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
        made.until("slot free", lambda: not connection.execute(ACTIVE, [slot]).fetchone()[0])
        connection.execute(f"{drop} WHERE slot_name = %s", [slot])
