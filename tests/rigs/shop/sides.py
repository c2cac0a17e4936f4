"""A small shop as the stack would run it: the monolith over its goods and two customers, and
services beside it whose feed reads the monolith's log."""

import json
import os
import signal
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from joserfc.jwk import OKPKey

from tests.rigs.processes.engines import ServiceProcess, wait_until
from tests.rigs.processes.ports import free_port
from tests.rigs.processes.warm import WARM, Forked

PASSWORD = "gipfelkreuz"
ACTIVE = "SELECT count(*) FROM pg_replication_slots WHERE slot_name = %s AND active"
_DROP = "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = %s"
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
        try:
            wait_until("the monolith answers", self._answers)
        except AssertionError as late:
            raise AssertionError(f"{late}\n{self.log.read_text()}") from None

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=1):
                return True
        except OSError:
            return False

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
class Services:
    """Services of one shop, by their names."""

    nats_url: str
    folder: Path
    processes: dict[str, ServiceProcess] = field(default_factory=dict)

    def start(self, name: str, **settings: str) -> ServiceProcess:
        """Start `new_services.NAME` with these settings of its own; does not wait."""
        prefix, port = name.upper(), free_port()
        given = {"nats_url": self.nats_url, "listen": f"127.0.0.1:{port}", **settings}
        environment = {f"{prefix}_{key.upper()}": value for key, value in given.items()}
        log = self.folder / f"{name}.log"
        made = ServiceProcess(f"new_services.{name}", environment, port, log).start()
        self.processes[name] = made
        return made

    def wait_until_ready(self) -> None:
        """All of them."""
        for process in self.processes.values():
            process.wait_until_ready()

    def kill(self) -> None:
        """All of them, those too that stand still."""
        for process in self.processes.values():
            process.kill()


@contextmanager
def services(nats_url: str, folder: Path) -> Iterator[Services]:
    """Services that are killed at the end."""
    made = Services(nats_url, folder)
    try:
        yield made
    finally:
        made.kill()


@contextmanager
def fed_services(nats_url: str, folder: Path, legacy_urls: tuple[str, str]) -> Iterator[Services]:
    """The same, with the feed of the monolith's database, whose slot is dropped at the end.

    `legacy_urls`: of the database's owner, and of the feed's role.
    """
    owner, feed = legacy_urls
    slot = "fig_" + owner.rsplit("/", 1)[1]
    with services(nats_url, folder) as made:
        made.start("feed", legacy_url=feed, owner_url=owner, slot=slot)
        yield made
    with psycopg.connect(feed, autocommit=True) as connection:  # the slot would keep log for ever

        def free() -> bool:
            row = connection.execute(ACTIVE, [slot]).fetchone()
            return row is not None and not row[0]

        wait_until("the slot is free", free)
        connection.execute(_DROP, [slot])


@contextmanager
def feed_stopped(shop: Any) -> Iterator[None]:
    """Nothing of legacy's log is published meanwhile."""
    feed = shop.processes["feed"].process
    feed.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        feed.send_signal(signal.SIGCONT)


def key_settings(folder: Path, keys: dict[str, OKPKey]) -> dict[str, str]:
    """The settings of a service that knows the storefront's calls and opens sealed sessions; the
    key of the calls is added to `keys`."""
    keys["calling"] = OKPKey.generate_key("Ed25519", auto_kid=True)
    session, callers = folder / "session.json", folder / "callers.json"
    session.write_text(json.dumps(keys["sealing"].as_dict(private=True)))
    callers.write_text(json.dumps({"storefront": keys["calling"].as_dict(private=False)}))
    return {"session_key": str(session), "caller_keys": str(callers)}
