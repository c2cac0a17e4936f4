"""What lies between a commit in legacy and the read model, and nothing else: four processes."""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

import psycopg

from chassis.cli.calls import NoAnswer, call
from chassis.process import children
from chassis.process.children import Program
from loadtests.bench.machine import PROJECT
from loadtests.bench.processes import free_port
from loadtests.bench.spending import used_by
from migrations import runner

START_SECONDS, STOP_SECONDS = 120.0, 20.0
ORDERS = """
INSERT INTO orders (order_no, customer_id, status, total, pay_method, ship_name, ship_street,
                    ship_zip, ship_city, created, updated)
SELECT 'BENCH-' || n, (SELECT min(id) FROM customer), 'PAID', '129.95', 'invoice', 'Erika Muster',
       'Langer Weg 17', '12345', 'Berlin', now()::timestamp(0), now()::timestamp(0)
FROM generate_series(1, %s) n
"""


class World:
    """PostgreSQL, NATS, feed and catalog, in a folder that is removed at the end of `with`."""

    def __init__(self) -> None:
        self._temporary = TemporaryDirectory(prefix="fig-bench-", ignore_cleanup_errors=True)
        self.folder = Path(self._temporary.name)
        self._password = secrets.token_hex(8)
        self._ports = {name: free_port() for name in ("postgres", "nats", "feed", "catalog")}
        self._processes: dict[str, children.Popen] = {}

    def url(self, database: str) -> str:
        """Of a database, as superuser."""
        address = f"127.0.0.1:{self._ports['postgres']}"
        return f"postgresql://postgres:{self._password}@{address}/{database}"

    @property
    def nats_url(self) -> str:
        return f"nats://127.0.0.1:{self._ports['nats']}"

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()

    def pid(self, name: str) -> int:
        return self._processes[name].pid

    def cpu_by_process(self) -> dict[str, float]:
        """Seconds of CPU that each process used so far, with those that it started."""
        return {name: used_by(one.pid) for name, one in self._processes.items()}

    def start_engines(self, orders: int) -> None:
        """PostgreSQL with a seeded shop and so many orders more, and NATS."""
        options = {
            "port": self._ports["postgres"],
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "wal_level": "logical",
            "max_wal_size": "4GB",
        }
        arguments = [f"-c{name}={value}" for name, value in options.items()]
        data = {"PGDATA": str(self.folder / "pg" / "data"), "POSTGRES_PASSWORD": self._password}
        self._start(
            "postgres", [sys.executable, "-m", "fig.stack.engines.postgres", *arguments], data
        )
        store = ["-js", "-sd", str(self.folder / "js"), "-p", str(self._ports["nats"])]
        beside_python = Path(sys.executable).parent / "nats-server"
        server = shutil.which("nats-server") or str(beside_python)
        self._start("nats", [server, "-a", "127.0.0.1", *store])
        self._wait("PostgreSQL", self._answers)
        for name in ("legacy", "catalog"):
            self.create(name)
        subprocess.run(
            [sys.executable, "-m", "legacy_monolith.seed", "--scale", "1"],
            env=os.environ | {"LEGACY_DATABASE_URL": self.url("legacy")},
            cwd=PROJECT, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        with psycopg.connect(self.url("legacy"), autocommit=True) as connection:
            connection.execute(ORDERS, [orders])
            connection.execute("VACUUM ANALYZE orders")

    def create(self, name: str) -> None:
        """A database with all of its tables, which are empty."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        runner.upgrade(name, self.url(name))

    def start_feed(self) -> None:
        """The feed; returns at once."""
        self._start("feed", [sys.executable, "-m", "new_services.feed"], {
            "FEED_LEGACY_URL": self.url("legacy"), "FEED_OWNER_URL": self.url("legacy"),
            "FEED_NATS_URL": self.nats_url, "FEED_LISTEN": f"127.0.0.1:{self._ports['feed']}",
        })  # fmt: skip

    def start_reader(self, name: str) -> None:
        """A service with a read model, such as the catalog; returns at once."""
        prefix = name.upper()
        self._start(name, [sys.executable, "-m", f"new_services.{name}"], {
            f"{prefix}_DATABASE_URL": self.url(name), f"{prefix}_NATS_URL": self.nats_url,
            f"{prefix}_LISTEN": f"127.0.0.1:{self._ports[name]}",
        })  # fmt: skip

    def wait_until_ready(self, name: str, seconds: float) -> None:
        """Poll /readyz. Raises TimeoutError."""
        self._wait(name, lambda: self._ready(name), seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End them, the engines last."""
        for name, process in reversed(self._processes.items()):
            gently = signal.SIGINT if name == "postgres" else signal.SIGTERM
            children.end(process, STOP_SECONDS, gently)
        self._temporary.cleanup()

    def _ready(self, name: str) -> bool:
        try:
            call(f"http://127.0.0.1:{self._ports[name]}/readyz")
        except NoAnswer:
            return False
        return True

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg.Error:
            return False
        return True

    def _wait(self, name: str, check: Callable[[], bool], seconds: float = START_SECONDS) -> None:
        until = time.monotonic() + seconds
        while not check():
            if time.monotonic() > until:
                raise TimeoutError(f"{name} is not ready after {seconds:.0f} s")
            time.sleep(0.05)

    def _start(self, name: str, command: list[str], env: dict[str, str] | None = None) -> None:
        log, env = self.folder / f"{name}.log", os.environ | (env or {})
        self._processes[name] = children.start(Program(command, log, env, PROJECT, append=True))
