"""Both sides over one shop with a million orders more: what `bench-read` asks, each on one core."""

import subprocess
import sys
from collections.abc import Callable

import psycopg

from loadtests.bench.feed.world import World
from loadtests.bench.machine import LOAD_CORE, PROXY_CORE, tool
from loadtests.bench.processes import free_port
from loadtests.proc import cpu_seconds, family

SIDE_CORE = PROXY_CORE
SIDES = ("postgres", "legacy", "catalog", "sales")  # a side has one core with its database
# Two years of orders of one to four lines, as the seed's are, of the articles that are sold.
ORDERS = """
INSERT INTO orders (order_no, customer_id, status, total, pay_method, ship_name, ship_street,
                    ship_zip, ship_city, created, updated)
SELECT 'BENCH-' || n, (SELECT min(id) FROM customer) + n %% 400,
       CASE WHEN n %% 17 = 0 THEN 'CANCELLED' ELSE 'SHIPPED' END, '129.95', 'invoice',
       'Erika Muster', 'Langer Weg 17', '12345', 'Berlin', at, at
FROM (SELECT n, date_trunc('second', timestamp '2024-07-01'
                           + interval '730 days' * n / %s) AS at
      FROM generate_series(1, %s) n) AS made
"""
LINES = """
INSERT INTO order_line (order_id, line_no, sku, name, qty, price)
SELECT wanted.id, wanted.place, v.sku, 'Article', 1 + wanted.id % 3, 10 + wanted.place || '.95'
FROM (SELECT o.id, place, abs(hashint8(o.id * 7 + place)) % (SELECT count(*) FROM variant) AS n
      FROM orders o, generate_series(1, 1 + o.id % 4) place
      WHERE o.order_no LIKE 'BENCH-%') AS wanted
JOIN (SELECT sku, row_number() OVER (ORDER BY sku) - 1 AS n FROM variant) v USING (n)
"""


class ReadWorld(World):
    """With the monolith and the sales figures."""

    def __init__(self) -> None:
        super().__init__()
        self._ports |= {name: free_port() for name in ("legacy", "sales")}

    def address(self, name: str) -> str:
        return f"http://127.0.0.1:{self._ports[name]}"

    def fill(self, orders: int, say: Callable[[str], None]) -> None:
        """The seeded shop, and so many orders more."""
        self.start_engines(0)
        self.create("sales")
        with psycopg.connect(self.url("legacy"), autocommit=True) as connection:
            connection.execute(ORDERS, [orders, orders])
            lines = connection.execute(LINES).rowcount
            connection.execute("VACUUM ANALYZE orders, order_line")
        say(f"{orders:,} orders with {lines:,} lines more than the seed's")

    def start_monolith(self) -> None:
        """gunicorn with the workers and threads of the stack."""
        command = ["gunicorn", "-c", "python:legacy_monolith.gunicorn_conf"]
        settings = {
            "LEGACY_DATABASE_URL": self.url("legacy"),
            "LEGACY_SECRET_KEY": self._password * 2,
            "LEGACY_LISTEN": self.address("legacy").removeprefix("http://"),
        }
        command = [sys.executable, "-m", *command, "legacy_monolith.wsgi:app"]
        self._start("legacy", command, settings)

    def sold(self) -> tuple[int, int]:
        """Orders and lines that the sales figures hold."""
        count = "SELECT (SELECT count(*) FROM sold_order), (SELECT count(*) FROM sold_line)"
        with psycopg.connect(self.url("sales")) as connection:
            found = connection.execute(count).fetchone()
        assert found is not None
        return found[0], found[1]

    def pin(self) -> None:
        """The answering side and the database to one core; everything else to that of the load."""
        for name in self._processes:
            core = SIDE_CORE if name in SIDES else LOAD_CORE
            for pid in family(self.pid(name)):
                command = [tool("taskset"), "-a", "-c", "-p", str(core), str(pid)]
                subprocess.run(command, check=False, stdout=subprocess.DEVNULL)

    def cpu(self) -> float:
        """CPU seconds that the answering side and the database have used so far."""
        pids = [pid for name in SIDES for pid in family(self.pid(name))]
        return sum(cpu_seconds(pid) for pid in pids)
