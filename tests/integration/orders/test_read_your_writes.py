"""P4 on the real services: the facade, the monolith, the feed and orders, with the feed stopped.

Customers order, cancel and read through the facade, each with a cookie jar of its own, while the
routes go through their stages and the change feed stands still for seconds at a time.
"""

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest

from legacy_monolith.passwords import hashed
from tests.rigs.processes.warm import WARM
from tests.rigs.processes.warm_facade import FACADE

pytestmark = pytest.mark.integration

PROJECT = Path(__file__).parents[3]
PASSWORD = "gipfelkreuz"
CUSTOMERS = 5
MOST_ORDERS = 90  # of one customer: they are to fit on one page of the list
STAGE_SECONDS = 1.2
STAGES = {
    "legacy": "stage: legacy",
    "shadow": "stage: shadow",
    "canary": "stage: canary, percent: 50",
    "new": "stage: new",
}
# Where writes are, where reads are, and whether the feed stands still meanwhile.
SCHEDULE = (
    ("legacy", "legacy", False),
    ("legacy", "shadow", True),
    ("legacy", "canary", True),
    ("legacy", "new", True),
    ("legacy", "new", False),
    ("shadow", "new", False),
    ("canary", "new", True),
    ("new", "new", True),
    ("new", "canary", True),
    ("new", "canary", False),
    ("new", "shadow", False),
    ("canary", "shadow", True),
    ("shadow", "legacy", True),
    ("legacy", "legacy", False),
)
ROUTES = """
facade:
  expose: true
  identity: {{ask: /api/me}}
  read_your_writes: {by}
upstreams:
  legacy: {{url: "{legacy}"}}
  orders: {{url: "{orders}"}}
routes:
  - {{name: place, match: POST /api/orders, {write}, needs: [session]}}
  - {{name: cancel, match: "POST /api/orders/{{order_no}}/cancel", {write}, needs: [session]}}
  - {{name: list, match: GET /api/orders, {read}, needs: [identity]}}
  - {{name: detail, match: "GET /api/orders/{{order_no}}", {read}, needs: [identity]}}
"""
SHARED = "new: orders, key: [cookie:session], seed: orders, compare: {sample: 50%}, "


class Facade:
    """`python -m facade run` before the shop, with the keys that the shop trusts."""

    def __init__(self, shop: Any, folder: Path, ports: tuple[int, int]) -> None:
        self._shop, self.routes = shop, folder / "routes.yaml"
        self.url = f"http://127.0.0.1:{ports[0]}"
        identity, session = folder / "identity.json", folder / "session.public.json"
        identity.write_bytes(orjson.dumps(shop.keys["signing"].as_dict(private=True)))
        session.write_bytes(orjson.dumps(shop.keys["sealing"].as_dict(private=False)))
        self.use("legacy", "legacy")
        listen = ["--listen", f"127.0.0.1:{ports[0]}", "--admin", f"127.0.0.1:{ports[1]}"]
        keys = {"FACADE_IDENTITY_KEY": str(identity), "FACADE_SESSION_KEY": str(session)}
        with (folder / "facade.log").open("wb") as log:
            self.process = WARM.start(
                *(FACADE, "run", "--routes", str(self.routes), *listen),
                env=os.environ | keys, stderr=log.fileno(),
            )  # fmt: skip
        shop.until("the facade answers", self._answers)

    def use(self, write: str, read: str, by: str = "cookie") -> None:
        """Another table; replaced whole, as an editor would."""
        fresh = self.routes.with_suffix(".fresh")
        fresh.write_text(
            ROUTES.format(
                by=by,
                legacy=self._shop.legacy.url,
                orders=self._shop.processes["orders"].url,
                write=SHARED + STAGES[write],
                read=SHARED + STAGES[read],
            )
        )
        fresh.rename(self.routes)

    def flip(self, write: str, read: str, by: str = "cookie") -> None:
        """Use it, and wait until requests are decided by it."""
        self.use(write, read, by)
        self._shop.until(f"writes at {write}, reads at {read}", lambda: self._is(write, read))

    def _is(self, write: str, read: str) -> bool:
        """By what is said to a stranger, who is refused whichever side he asks."""
        path = f"{self.url}/api/orders"
        said = [httpx2.request(method, path, timeout=10) for method in ("POST", "GET")]
        return all(
            f"stage={stage};" in answer.headers.get("fig-decision", "")
            for answer, stage in zip(said, (write, read), strict=True)
        )

    def _answers(self) -> bool:
        try:
            return httpx2.get(f"{self.url}/healthz", timeout=1).status_code == 200
        except httpx2.HTTPError:
            return False


class Feed:
    """Stopped and let go on, as often as wanted; at the end it runs."""

    def __init__(self, pid: int) -> None:
        self._pid = pid

    def stand_still(self, still: bool) -> None:
        os.kill(self._pid, signal.SIGSTOP if still else signal.SIGCONT)


class Customer(threading.Thread):
    """Orders, cancels and reads by turns of chance; keeps what was acknowledged, and what it saw
    that was less."""

    def __init__(self, url: str, email: str) -> None:
        super().__init__(daemon=True)
        self._client = httpx2.Client(base_url=url, timeout=20)
        self._chance = random.Random(email)
        self.left = threading.Event()
        self.orders: dict[str, bool] = {}  # acknowledged ones; whether it still stands
        self.wrong: list[str] = []
        self.reads: Counter[str] = Counter()
        answer = self._client.post("/api/login", json={"email": email, "password": PASSWORD})
        assert answer.json()["ok"] == "Y", answer.text

    def run(self) -> None:
        while not self.left.is_set():
            chance = self._chance.random()
            if not self.orders or (chance < 0.3 and len(self.orders) < MOST_ORDERS):
                self.order()
            elif chance < 0.4:
                self.cancel(self._chance.choice(list(self.orders)))
            elif chance < 0.7:
                self.look(self._chance.choice(list(self.orders)))
            else:
                self.history()
            time.sleep(self._chance.random() ** 2 * 0.15)  # often at once, sometimes later

    def order(self) -> None:
        body = {"lines": [{"sku": "MUG-0", "qty": 1}]}
        answer = self._client.post("/api/orders", json=body)
        if answer.status_code == 201:
            self.orders[answer.json()["order_no"]] = True
        elif answer.status_code != 202:
            self.wrong.append(f"order: {answer.status_code} {answer.text}")

    def cancel(self, order_no: str) -> None:
        if not self.orders[order_no]:
            return
        answer = self._client.post(f"/api/orders/{order_no}/cancel")
        if answer.status_code == 200:
            self.orders[order_no] = False
        else:  # accepted for later, or nobody knows: what it is now is not promised
            del self.orders[order_no]

    def look(self, order_no: str) -> None:
        answer = self._read(f"/api/orders/{order_no}")
        self._judge("detail", order_no, answer.json() if answer.status_code == 200 else None)

    def history(self) -> None:
        answer = self._read("/api/orders?per_page=100")
        shown = answer.json()["orders"] if answer.status_code == 200 else []
        by_number = {order["order_no"]: order for order in shown}
        for order_no in self.orders:
            self._judge("list", order_no, by_number.get(order_no))

    def _read(self, path: str) -> httpx2.Response:
        answer = self._client.get(path)
        self.reads[answer.headers["fig-decision"].partition("side=")[2].split()[0].strip(";")] += 1
        return answer

    def _judge(self, where: str, order_no: str, shown: Any) -> None:
        if shown is None:
            self.wrong.append(f"{where}: {order_no} was acknowledged, and is not there")
        elif not self.orders[order_no] and shown["status"] != "CANCELLED":
            self.wrong.append(f"{where}: {order_no} was cancelled, and is {shown['status']}")


@pytest.fixture
def feed(shop: Any) -> Iterator[Feed]:
    process = shop.processes["feed"].process
    made = Feed(process.pid)
    yield made
    made.stand_still(False)


@pytest.fixture
def facade(shop: Any, tmp_path: Path, free_port: Callable[[], int]) -> Iterator[Facade]:
    made = Facade(shop, tmp_path, (free_port(), free_port()))
    yield made
    made.process.terminate()
    made.process.wait(30)


def _customers(shop: Any, facade: Facade, prefix: str, count: int) -> list[Customer]:
    emails = [f"{prefix}{number}@example.com" for number in range(count)]
    for email in emails:
        shop.query(
            "legacy",
            "INSERT INTO customer (email, name, pw_hash, street, zip, city)"
            " VALUES (%s, 'Eva Moser', %s, 'Gasse 1', '6020', 'Innsbruck')",
            email,
            hashed(PASSWORD),
        )
    return [Customer(facade.url, email) for email in emails]


@pytest.mark.timeout(180)
def test_no_client_sees_less_than_it_wrote(shop: Any, facade: Facade, feed: Feed) -> None:
    customers = _customers(shop, facade, "c", CUSTOMERS)
    stories = "SELECT count(*) FROM saga WHERE kind = %s"
    for customer in customers:
        customer.start()
    for write, read, still in SCHEDULE:
        facade.flip(write, read)
        feed.stand_still(still)
        time.sleep(STAGE_SECONDS)  # how long they shop so
        if write == "new":  # on a busy machine they come to fewer orders, and shop on
            shop.until("enough orders", lambda: shop.value("orders", stories, "place-order") > 20)
    for customer in customers:
        customer.left.set()
    for customer in customers:
        customer.join(30)

    assert [wrong for customer in customers for wrong in customer.wrong] == []
    assert all(customer.orders for customer in customers)
    reads = sum((customer.reads for customer in customers), Counter[str]())
    assert reads["new"] > 20 and reads["legacy"] > 20, reads
    assert shop.value("orders", stories, "place-order") > 20
    shop.balance()


@pytest.mark.parametrize(("by", "seen"), [("cookie", True), ("off", False)])
def test_it_is_the_token_that_shows_a_write_while_the_feed_stands_still(
    shop: Any, facade: Facade, feed: Feed, by: str, seen: bool
) -> None:
    """So that the test above can fail."""
    for read in ("shadow", "canary", "new"):
        facade.flip("legacy", read, by)
    (customer,) = _customers(shop, facade, by, 1)
    feed.stand_still(True)

    customer.order()
    customer.history()

    assert (customer.wrong == []) is seen
    assert customer.reads == {"legacy" if seen else "new": 1}
