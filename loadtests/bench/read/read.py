"""`make bench-read`: reads of the new side beside the monolith's, at a million orders.

1 PostgreSQL, NATS, a seeded shop and many orders more   2 the feed fills catalog and sales figures
3 everybody who answers goes to one core, with the database; the load has the other one
4 both sides answer the same, or nothing is measured   5 rounds in turn: product, search, report

Both sides are asked directly: the facade before them costs both the same. The monolith's report
takes minutes over a year, so both are asked for `--days`; the new side for the year as well.
"""

import argparse
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from urllib.parse import quote_plus

import httpx2

from loadtests.bench import wrk
from loadtests.bench.machine import described
from loadtests.bench.marks import put
from loadtests.bench.read.figures import figures
from loadtests.bench.read.page import PAGE, section
from loadtests.bench.read.world import ReadWorld
from loadtests.bench.rounds import Figures

ADMIN, PASSWORD = "admin@example.org", "admin-2016"
CONNECTIONS = 16
WORDS = ("jacket", "tent", "merino", "trail", "down", "socks", "red", "light tent")
SORTS = ("name", "price", "-price", "newest")
LAST_DAY = date(2026, 6, 25)
REPORT = "/internal/report"  # of the sales service; its figures are those of legacy's page
REPORTS = 30  # of the new side in a round
CYCLE = """
local paths = {{ {paths} }}
local at = 0
request = function()
  at = at % #paths + 1
  return wrk.format("GET", paths[at])
end
"""


@dataclass(frozen=True)
class Asked:
    """What is asked for: paths, in turn, and which service answers on the new side."""

    name: str
    service: str
    paths: tuple[str, ...]


class Bench:
    """Both sides, ready to be asked."""

    def __init__(self, world: ReadWorld) -> None:
        self._world = world
        self._http = httpx2.Client(timeout=1800, trust_env=False)
        self._cookie = self._logged_in()

    def _logged_in(self) -> str:
        body = {"email": ADMIN, "password": PASSWORD}
        answer = self._http.post(self._world.address("legacy") + "/api/login", json=body)
        return f"session={answer.cookies['session']}"

    def products(self) -> Asked:
        """Two hundred, in turn."""
        found = self._get("legacy", "/api/products?per_page=100&page=1").json()["products"]
        found += self._get("legacy", "/api/products?per_page=100&page=2").json()["products"]
        paths = tuple(f"/api/products/{one['sku']}" for one in found)
        return Asked("product detail", "catalog", paths)

    def searches(self) -> Asked:
        """Each word in each order."""
        paths = (
            f"/api/products?q={quote_plus(word)}&sort={sort}" for word in WORDS for sort in SORTS
        )
        return Asked("search", "catalog", tuple(paths))

    def report(self, days: int) -> Asked:
        """Of the last days."""
        first = LAST_DAY - timedelta(days=days - 1)
        return Asked("report", "sales", (f"{REPORT}?from={first}&to={LAST_DAY}",))

    def same(self, asked: Asked) -> None:
        """Raises SystemExit when the two sides do not answer the same; of the report the figures
        count: the new side's page is made of them elsewhere."""
        for path in asked.paths[:20]:
            theirs, ours = self._get("legacy", path), self._get(asked.service, path)
            if asked.service == "sales":
                alike = figures(theirs.text) == ours.json()["rows"]
            else:
                alike = theirs.content == ours.content
            if not alike or theirs.status_code != 200:
                raise SystemExit(f"the two sides differ in {path}: nothing is measured")

    def load(self, asked: Asked, service: str, seconds: int) -> Figures:
        """As fast as it goes, on many connections."""
        script = CYCLE.format(paths=", ".join(f'"{path}"' for path in asked.paths))
        before = self._world.cpu()
        run = wrk.run(
            self._world.address(service), CONNECTIONS, seconds, script, self._world.folder
        )
        spent = self._world.cpu() - before
        return Figures(run.rate, run.p50, run.p99, spent / max(1, run.requests) * 1000, run.failed)

    def one_by_one(self, path: str, service: str, count: int) -> Figures:
        before, took, failed = self._world.cpu(), [], 0
        for _ in range(count):
            began = time.perf_counter()
            failed += self._get(service, path).status_code != 200
            took.append((time.perf_counter() - began) * 1000)
        spent = (self._world.cpu() - before) / count * 1000
        took.sort()
        rate = 1000 * count / sum(took)
        return Figures(rate, median(took), took[min(count - 1, count * 99 // 100)], spent, failed)

    def _get(self, service: str, path: str) -> httpx2.Response:
        sent = {"cookie": self._cookie} if service == "legacy" else {}
        if service == "legacy" and path.startswith(REPORT):
            path = path.replace(REPORT, "/admin/report", 1)
        return self._http.get(self._world.address(service) + path, headers=sent)


Rounds = dict[str, dict[str, list[Figures]]]


def measure(bench: Bench, options: argparse.Namespace, say: Callable[[str], None]) -> Rounds:
    """The rounds of each case, by side."""
    loads, report = (bench.products(), bench.searches()), bench.report(options.days)
    for asked in (*loads, report):
        bench.same(asked)
    say("both sides answer the same")
    rounds: Rounds = {}
    for number in range(options.rounds):
        for asked in loads:
            for side, service in _turns(number, asked.service):
                bench.load(asked, service, 1)  # warm
                one = bench.load(asked, service, options.seconds)
                rounds.setdefault(asked.name, {}).setdefault(side, []).append(one)
                say(f"{asked.name:15} {side:9} {one.rate:8,.0f}/s  {one.cpu:.2f} ms of CPU each")
        for side, service in _turns(number, "sales"):
            count = 1 if service == "legacy" else REPORTS
            name = f"report of {options.days} days"
            one = bench.one_by_one(report.paths[0], service, count)
            rounds.setdefault(name, {}).setdefault(side, []).append(one)
            say(f"{name:15} {side:9} {one.p50:10,.1f} ms  {one.cpu:.1f} ms of CPU each")
        year = bench.one_by_one(REPORT, "sales", REPORTS)
        rounds.setdefault("report of a year", {}).setdefault("new side", []).append(year)
    return rounds


def _turns(number: int, service: str) -> Sequence[tuple[str, str]]:
    both = (("monolith", "legacy"), ("new side", service))
    return both if number % 2 == 0 else both[::-1]


def fill(world: ReadWorld, orders: int, say: Callable[[str], None]) -> str:
    """Start everything; how fast the figures were filled. Raises TimeoutError."""
    world.fill(orders, say)
    began = time.monotonic()
    world.start_feed()
    for name in ("catalog", "sales"):
        world.start_reader(name)
    world.start_monolith()
    world.wait_until_ready("sales", 300 + orders / 500)
    took = time.monotonic() - began
    orders, lines = world.sold()
    world.wait_until_ready("catalog", 300)
    amount = f"{orders:,} orders and {lines:,} lines in {took:.0f} s"
    return f"The sales figures were filled with {amount} ({(orders + lines) / took:,.0f} rows/s)."


def main() -> None:
    """Print the section; with --write, put it on the page."""
    parser = argparse.ArgumentParser(description="Measure reads of both sides.")
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--days", type=int, default=7, help="of the report both are asked for")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--write", action="store_true", help="into docs/read-performance.md")
    options = parser.parse_args()

    def say(text: str) -> None:
        print(text, flush=True)  # noqa: T201

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # and stop them all
    with ReadWorld() as world:
        filled = fill(world, options.orders, say)
        say(filled)
        world.pin()
        rounds = measure(Bench(world), options, say)
    text = section(rounds, filled, options.orders, described())
    say(text)
    if options.write:
        put("bench-read", text, PAGE)


if __name__ == "__main__":
    main()
