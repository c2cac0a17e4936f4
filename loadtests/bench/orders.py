"""`make bench-orders`: orders per second through the whole saga, beside the monolith alone.

1 a stack of its own, in a folder that is removed     2 customers log in once
3 rounds in turn: the same orders to the monolith, to the orders service, and to it once more when
  the orders have changed hands and the new side owns them; then they change hands again
4 the window ends: rounds of the new side without the monolith
5 when every saga has ended: what each step took, as the sagas themselves wrote it down

Both sides are asked directly, so the figures are of the orders and not of the facade. The
monolith does part of the saga's work too: its own transaction is the saga's fourth step.
"""

import argparse
import asyncio
import json
import os
import random
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import asyncpg
import orjson
import uvloop
from joserfc.jwk import OKPKey

from chassis.web import headers
from chassis.web.client import Answer, HttpClient, Request
from chassis.web.identity import issue
from chassis.web.sealed import Session, seal
from loadtests.bench import machine, owning, spending
from loadtests.chaos import stack as chaos_stack
from loadtests.visitor import PASSWORD

CUSTOMERS = 32
IDLE_SECONDS = 4.0
REST, REST_SECONDS = 0.1, 60.0  # cores; for so long at most
SHOWN = 0.2  # milliseconds of CPU per order that are worth a line
MONOLITH, SAGA, OPEN, CLOSED = SIDES = ("monolith", "saga", "window open", "window closed")
# Another company's provider, and mails: the monolith takes cards without asking, and sends none.
NO_COUNTERPART = (
    "payments",
    "notifications",
    "mail",
    "postgres payments",
    "postgres notifications",
)
APART = "of it payments, notifications, mail, their databases"
PRODUCTS = 100  # orders spread over so many, as they would
JSON = {"content-type": "application/json"}
STEPS = """
SELECT ended.step, extract(epoch FROM to_timestamp(ended.at) - to_timestamp(began.at))::float8 AS took
FROM saga_story began JOIN saga_story ended
  ON ended.saga_id = began.saga_id AND ended.step = began.step AND ended.attempt = began.attempt
 AND began.what = 'do' AND ended.what = 'done'
WHERE began.at > $1
"""  # noqa: E501


@dataclass
class Round:
    """What one side did in one round. Seconds."""

    seconds: float
    took: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    cpu: dict[str, float] = field(default_factory=dict)  # by process
    began: float = field(default_factory=time.perf_counter)
    elapsed: float = 0.0  # until the last saga had ended
    busy: float = 0.0  # the machine's cores, of 1, while the customers ordered

    @property
    def rate(self) -> float:
        """Orders per second that were placed and answered so."""
        return self.statuses[201] / self.seconds


@dataclass(frozen=True)
class Customer:
    """Known to both sides."""

    to_legacy: dict[str, str]
    to_new: Callable[[], dict[str, str]]


class Stack(chaos_stack.Stack):
    """A shop whose services are asked directly."""

    def __init__(self, folder: Path, base: int) -> None:
        super().__init__(folder, base)
        self.environment = os.environ | self.environment  # also the caller's FIG_UP_…

    def port(self, name: str) -> int:
        """By its name in the port plan."""
        return int(self.state["ports"][name])

    def client(self, name: str) -> HttpClient:
        return HttpClient(f"http://127.0.0.1:{self.port(name)}", limit=256)

    def cpu(self) -> dict[str, float]:
        """Seconds of CPU that each process and its children have used so far; the customers too."""
        found = {"customers": time.process_time()}
        for one in self.state["processes"]:
            if one["state"] == "ready" and one["name"] == spending.SERVER:
                found |= spending.by_database(one["pid"])
            elif one["state"] == "ready":
                found[one["name"]] = spending.used_by(one["pid"])
        return found

    def key(self, name: str) -> OKPKey:
        """One of the facade's keys: the bench plays the facade."""
        return OKPKey.import_key(json.loads((self.folder / "keys" / name).read_text()))


async def customers(stack: Stack) -> list[Customer]:
    """Logged in at the monolith, each once."""
    client = stack.client("legacy")
    signing, sealing = stack.key("facade/identity.json"), stack.key("public/session.json")
    found = []
    for number in range(1, CUSTOMERS + 1):
        email = f"kunde{number:03d}@example.org"
        body = orjson.dumps({"email": email, "password": PASSWORD})
        answer = await client.send(Request("POST", "/api/login", JSON, body, timeout=10))
        cookie = answer.headers["set-cookie"].partition(";")[0]
        found.append(_customer(email, cookie, signing, sealing))
    await client.close()
    return found


def _customer(email: str, cookie: str, signing: OKPKey, sealing: OKPKey) -> Customer:
    sealed = seal(sealing, Session(email, cookie))
    made: dict[str, Any] = {"at": 0.0}

    def to_new() -> dict[str, str]:
        if time.time() - made["at"] > 30:
            made.update(at=time.time(), token=issue(signing, email, "Kunde", time.time()))
        return JSON | {headers.IDENTITY: made["token"], headers.SESSION: sealed}

    return Customer(JSON | {"cookie": cookie}, to_new)


async def goods(stack: Stack) -> list[str]:
    """Variants with much in stock, so that the run does not end in "out of stock"."""
    client = stack.client("legacy")
    answer = await client.send(Request("GET", f"/api/products?per_page={PRODUCTS}", timeout=10))
    skus = []
    for product in orjson.loads(answer.body)["products"]:
        detail = await client.send(Request("GET", f"/api/products/{product['sku']}", timeout=10))
        skus += [each["sku"] for each in orjson.loads(detail.body)["variants"] if each["stock"] > 9]
    await client.close()
    return skus


async def load(
    send: Callable[[Customer, bytes], Awaitable[Answer]],
    people: Sequence[Customer],
    skus: Sequence[str],
    seconds: float,
) -> Round:
    """Everybody orders one thing after the other."""
    began, (busy, there) = time.perf_counter(), spending.machine()
    done = Round(seconds)

    async def shop(person: Customer, dice: random.Random) -> None:
        while time.perf_counter() - began < seconds:
            lines = [{"sku": sku, "qty": 1} for sku in dice.sample(skus, dice.choice((1, 1, 2)))]
            body = orjson.dumps({"lines": lines, "pay_method": "card"})
            at = time.perf_counter()
            answer = await send(person, body)
            done.took.append(time.perf_counter() - at)
            done.statuses[answer.status] += 1

    await asyncio.gather(*(shop(person, random.Random(n)) for n, person in enumerate(people)))
    done.seconds = time.perf_counter() - began
    now = spending.machine()
    done.busy = (now[0] - busy) / (now[1] - there)
    return done


async def settled(connection: asyncpg.Connection) -> None:
    """Until no saga is open."""
    open_ = "SELECT count(*) FROM saga WHERE phase IN ('forward', 'backward')"
    while await connection.fetchval(open_):  # noqa: ASYNC110 - another process ends it
        await asyncio.sleep(0.2)


async def rested(stack: Stack, idle: Mapping[str, float]) -> None:
    """Until the stack uses hardly more than with nothing to do."""
    enough, until = sum(idle.values()) + REST, time.monotonic() + REST_SECONDS
    while time.monotonic() < until:
        before = sum(stack.cpu().values())
        await asyncio.sleep(0.5)
        if (sum(stack.cpu().values()) - before) / 0.5 < enough:
            return


async def measure(stack: Stack, options: argparse.Namespace) -> dict[str, Any]:
    """Rounds in turn; every figure of both sides."""
    legacy, new = stack.client("legacy"), stack.client("orders")
    people, skus = (await customers(stack))[: options.customers], await goods(stack)

    def to_legacy(person: Customer, body: bytes) -> Awaitable[Answer]:
        return legacy.send(Request("POST", "/api/orders", person.to_legacy, body, timeout=15))

    def to_new(person: Customer, body: bytes) -> Awaitable[Answer]:
        return new.send(Request("POST", "/api/orders", person.to_new(), body, timeout=15))

    connection = await asyncpg.connect(stack.address("orders"))
    idle = await _idle(stack)
    rounds: dict[str, list[Round]] = {name: [] for name in SIDES}
    began = time.time()

    async def one_round(name: str, number: int) -> None:
        before = stack.cpu()
        send = to_legacy if name == MONOLITH else to_new
        one = await load(send, people, skus, options.seconds if number else 2.0)
        await settled(connection)
        await rested(stack, idle)  # events and mails, too, are this round's
        one.cpu = {each: used - before.get(each, 0.0) for each, used in stack.cpu().items()}
        one.elapsed = time.perf_counter() - one.began
        if number:  # the first round only warms up
            rounds[name].append(one)
            print(f"{name:13} {one.rate:6.1f} orders/s  {dict(one.statuses)}", flush=True)  # noqa: T201

    for number in range(options.rounds + 1):
        await one_round(MONOLITH, number)
        await one_round(SAGA, number)
        await owning.move(new, "new")
        await one_round(OPEN, number)
        await owning.move(new, "legacy")
    await owning.move(new, "new")
    await owning.close(new)
    await rested(stack, idle)  # all that the owner publishes at that moment is taken
    for number in range(options.rounds + 1):
        await one_round(CLOSED, number)
    steps: dict[str, list[float]] = {}
    for row in await connection.fetch(STEPS, began):
        steps.setdefault(row["step"], []).append(row["took"])
    await connection.close()
    return {"rounds": rounds, "steps": steps, "idle": idle}


async def _idle(stack: Stack) -> dict[str, float]:
    """Seconds of CPU per second that each process uses with nothing to do."""
    await asyncio.sleep(1.0)  # what the log-ins left to do
    before = stack.cpu()
    await asyncio.sleep(IDLE_SECONDS)
    return {
        name: (used - before.get(name, used)) / IDLE_SECONDS for name, used in stack.cpu().items()
    }


def table(found: dict[str, Any], options: argparse.Namespace) -> str:
    lines = ["| | orders/s | p50 ms | p99 ms | cores busy | answers |", "|---|---|---|---|---|---|"]
    for name, rounds in found["rounds"].items():
        took = [each for one in rounds for each in one.took]
        statuses: Counter[int] = sum((one.statuses for one in rounds), Counter())
        said = ", ".join(f"{count} × {status}" for status, count in sorted(statuses.items()))
        rate = median(one.rate for one in rounds)
        busy = f"{median(one.busy for one in rounds):.0%}"
        lines.append(f"| {name} | {rate:.0f} | {_percentiles(took)} | {busy} | {said} |")
    lines += ["", "| step of the saga | p50 ms | p99 ms | times |", "|---|---|---|---|"]
    for step, took in found["steps"].items():
        lines.append(f"| {step} | {_percentiles(took)} | {len(took)} |")
    heads = ["CPU ms per order", *found["rounds"]]
    lines += ["", f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    both = {name: _cpu(rounds, found["idle"]) for name, rounds in found["rounds"].items()}
    for used in both.values():
        used[APART] = sum(used.get(process, 0.0) for process in NO_COUNTERPART)
    for process in sorted(both[SAGA], key=lambda each: -both[SAGA][each]):
        figures = (f"{both[name].get(process, 0.0):.1f}" for name in both)
        lines.append(f"| {process} | " + " | ".join(figures) + " |")
    lines += ["", *_ratios(found["rounds"], both)]
    clients = f"{options.customers} customers at once, {options.rounds} × {options.seconds:g} s"
    idle = sum(found["idle"].values()) * 1000
    lines += ["", f"The stack's idle work, taken off above: {idle:.0f} ms of CPU each second."]
    return "\n".join([f"{clients} each side in turn, on {machine.described()}.", "", *lines])


def _ratios(rounds: dict[str, list[Round]], cpu: dict[str, dict[str, float]]) -> Iterator[str]:
    """Beside the monolith's own orders, by the sums of both."""
    yield "| beside the monolith alone | CPU | without payments and mails | orders/s |"
    yield "|---|---|---|---|"
    base, rate = cpu[MONOLITH]["all"], median(one.rate for one in rounds[MONOLITH])
    for name in (SAGA, OPEN, CLOSED):
        used, own = cpu[name]["all"], cpu[name]["all"] - cpu[name][APART]
        speed = median(one.rate for one in rounds[name]) / rate
        yield f"| {name} | {used / base:.2f} × | {own / base:.2f} × | {speed:.2f} × |"


def _cpu(rounds: Sequence[Round], idle: dict[str, float]) -> dict[str, float]:
    """Milliseconds per order, without what the stack uses with nothing to do."""
    lasted = sum(one.elapsed for one in rounds)
    orders = sum(one.statuses.total() for one in rounds) or 1
    names = {name for one in rounds for name in one.cpu}
    found = {
        name: (sum(one.cpu.get(name, 0.0) for one in rounds) - idle.get(name, 0.0) * lasted)
        / orders
        for name in names
    }
    return {"all": sum(found.values()) * 1000} | {
        name: took * 1000 for name, took in found.items() if took * 1000 >= SHOWN
    }


def _percentiles(took: Sequence[float]) -> str:
    cuts = quantiles(took, n=100) if len(took) > 1 else [0.0] * 99
    return f"{cuts[49] * 1000:.1f} | {cuts[98] * 1000:.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--port-base", type=int, default=18600)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="bench-orders-") as folder,
        Stack(Path(folder), options.port_base) as stack,
    ):
        found = uvloop.run(measure(stack, options))
    print(table(found, options))  # noqa: T201


if __name__ == "__main__":
    main()
