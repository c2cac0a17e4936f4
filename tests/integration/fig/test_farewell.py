"""The end of the monolith, on one stack.

1 All three windows are closed, monolith and feed stand still: every change arrives where it is
  shown.

| what changes | owner | seen in |
|---|---|---|
| a stranger registers | accounts | their order (orders); their address in the spreadsheet (sales) |
| an order | orders, inventory | the list and its page (orders); report and spreadsheet (sales);
                              stock (inventory); stock and text of the product (catalog) |
| its cancellation | orders, inventory | the same |
| a price | catalog | the product (catalog); the next order's total (orders) |
| a product that is not sold any more | catalog | its stock (inventory); no order of it (orders) |

2 `fig farewell`, killed on its way, while customers go on.
"""

import asyncio
import contextlib
import json
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import psycopg
import pytest

from fig.clients import access
from fig.clients.deadletters import connected
from fig.settings import Home
from fig.stack.addresses import database_url, nats_url
from tests.rigs.shop.people import People

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]
PROJECT = Path(__file__).parents[3]
BOUND = ("--bound", "100%")  # of routes that were never compared
DOMAINS = ("goods", "orders", "accounts")
OLD = ("legacy", "feed")
LOOK_SECONDS = 0.05  # between two looks of a customer
STEPS = ["routes", "stop", "shut", "archive", "trial", "slots", "database", "roles",
         "bus", "journal"]  # fmt: skip
# Each call is killed there, and the next one goes on. The stack is restarted between both parts.
FIRST = (
    "before:routes",
    "call:fig.supervise.spool.Spool.ask",  # it is written that the monolith is gone, not done yet
    "before:stop",
    "after:archive",
)
THEN = ("before:database", "before:bus", "call:fig.farewell.leaving.enter")


@pytest.fixture
def routes(home: Path) -> Path:
    """The shop's file with every route at `new`."""
    entries = re.split(r"(?m)(?=^  - name: )", (PROJECT / "routes.yaml").read_text())
    path = home.parent / "routes.yaml"
    path.write_text("".join(one.replace("stage: legacy", "stage: new", 1) for one in entries))
    return path


@pytest.fixture
def shop(fig, home, routes, port_base, shop_in) -> None:
    """Runs; every domain is the new side's."""
    fig.variables = {"FIG_ROUTES": str(routes), "FIG_PORT_BASE": str(port_base)}
    shop_in(home)
    up = fig("up", "--detach")
    assert up.returncode == 0, up.stderr
    for domain in DOMAINS:
        said(fig("cutover", domain, *BOUND, "--json"))


def said(done: "subprocess.CompletedProcess[str]", code: int = 0) -> dict[str, Any]:
    """The document of a call that must end with this code."""
    assert done.returncode == code, done.stdout + done.stderr
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def test_the_monolith_ends_while_customers_go_on(shop, fig, home, routes, wait_for) -> None:
    _it_is_refused_before_its_time(fig, home)
    with People(fig, wait_for) as people:
        variant, sku = people.one_to_buy()
        before = people.pieces(sku, variant)
        first = people.order(people.registered("early@example.org"), variant)
        for domain in DOMAINS:
            closed = said(fig("cutover", domain, "--close", "--yes", "--json"))
            assert closed["window"] == "closed"
        with people.without(*OLD):
            boss, eva = people.boss(), people.registered("eva@example.org")
            placed = _an_order_arrives(people, boss, eva, (variant, sku, before - 3))
            assert sum(first["order_no"] in line for line in people.sold(boss)) == 1
            _a_price_and_a_cancellation_arrive(people, boss, eva, (variant, sku, placed))
            _what_is_not_sold_any_more_is_unknown(people, boss, eva, variant, sku)
            _no_read_model_waits_and_the_books_balance(fig, eva, variant)
    for name in OLD:
        _answers_again(fig, name, wait_for)
    retired = fig("retire", "--all", "--horizon", "1s", "--yes")
    assert retired.returncode == 0, retired.stdout + retired.stderr
    _it_asks_before_it_begins(fig)
    with _customers(fig):
        _killed(fig, FIRST)
        # by services that were started with a monolith
        _it_sells(fig, wait_for, "meanwhile@example.org")
    _it_comes_up_alone(fig)
    with _customers(fig):
        _killed(fig, THEN)
        document = said(fig("farewell", "--yes", "--json"))
    assert [one["step"] for one in document["steps"]] == STEPS
    _nothing_is_left(fig, home, routes, document)
    _it_sells(fig, wait_for, "after@example.org")
    _it_comes_up_alone(fig)
    _it_sells(fig, wait_for, "later@example.org")
    verified = fig("verify", "--json")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert json.loads(verified.stdout)["books"]["orders"] >= 5  # all that were sold


def _an_order_arrives(people, boss, eva, wanted: tuple[str, str, int]) -> dict[str, Any]:
    variant, sku, left = wanted
    placed = people.order(eva, variant, 2)
    listed = eva.get("/api/orders").json()["orders"]
    assert [each["order_no"] for each in listed] == [placed["order_no"]]
    assert eva.get(f"/orders/{placed['order_no']}").status_code == 200
    people.until("the catalog's stock", lambda: people.pieces(sku, variant) == left)
    assert eva.get(f"/api/stock/{variant}").json()["stock"] == left
    _is_listed(people, boss, placed, ";PAID;eva@example.org;")
    assert "not listed any more" not in boss.get("/admin/report").text
    return placed


def _is_listed(people, boss, order: dict[str, Any], words: str) -> None:
    row = f"{order['order_no']};"
    people.until(f"the sale {words}", lambda: any(
        line.startswith(row) and words in line for line in people.sold(boss)
    ))  # fmt: skip


def _a_price_and_a_cancellation_arrive(people, boss, eva, of: tuple[str, str, Any]) -> None:
    variant, sku, placed = of
    page = f"/admin/products/{sku}"
    assert people.send(boss, page, page, **_price("77.00")).status_code == 302
    assert people.product(sku)["price"] == "77.00"
    dearer = float(placed["total"])
    people.until(
        "the price of an order",
        lambda: float(people.order(eva, variant)["total"]) != dearer / 2,
    )
    gone = eva.post(f"/api/orders/{placed['order_no']}/cancel")
    assert gone.status_code in (200, 202), gone.text
    _is_listed(people, boss, placed, ";CANCELLED;")


def _price(amount: str) -> dict[str, str]:
    return {"name": "Prüfzelt", "price": amount, "disc_pct": "", "active": "1"}


def _what_is_not_sold_any_more_is_unknown(people, boss, eva, variant: str, sku: str) -> None:
    page = f"/admin/products/{sku}"
    sold = {key: text for key, text in _price("77.00").items() if key != "active"}
    assert people.send(boss, page, page, **sold).status_code == 302
    unknown = f"/api/stock/{variant}"
    people.until("unknown to stock", lambda: eva.get(unknown).status_code == 404)
    refused = eva.post("/api/orders", json={"lines": [{"sku": variant, "qty": 1}]})
    assert (refused.status_code, refused.json()["error"]) == (400, "unknown sku")


def _no_read_model_waits_and_the_books_balance(fig, eva, variant: str) -> None:
    """By what the new side has alone."""
    for path in ("/api/products", f"/api/stock/{variant}"):
        assert "fig-watermark" not in eva.get(path).headers
    alone = fig("verify", "--alone", "--json")
    assert alone.returncode == 0, alone.stdout + alone.stderr


def _answers_again(fig, name: str, wait_for) -> None:
    path = {"legacy": "/healthz", "feed": "/readyz"}[name]
    url = f"http://127.0.0.1:{fig.state.ports[name]}{path}"

    def ready() -> bool:
        with contextlib.suppress(httpx2.HTTPError):
            return httpx2.get(url, timeout=5).status_code == 200
        return False

    wait_for(f"{name} answers again", ready)


def _it_is_refused_before_its_time(fig, home) -> None:
    url = database_url(access.place(Home(home), fig.state), "postgres", "legacy")
    with psycopg.connect(url, application_name="console") as console:
        console.execute("SELECT 'mine'")
        document = said(fig("farewell", "--dry-run", "--json"), 1)
        pid = str(console.info.backend_pid)
    against = {(one["kind"], one["about"]) for one in document["objections"]}
    assert {("stage", "product-detail"), ("domain", "goods"), ("session", pid)} <= against
    assert all(one["next"] for one in document["objections"])
    assert fig.state.process("legacy") is not None


@contextlib.contextmanager
def _customers(fig) -> Iterator[None]:
    """They look at the shop all the while, and each look is answered well."""
    over, answers = threading.Event(), list[int]()

    def look() -> None:
        with httpx2.Client(base_url=fig.state.urls["facade"], timeout=20) as client:
            while not over.wait(LOOK_SECONDS):
                answers.extend(client.get(path).status_code for path in ("/api/products", "/"))

    with ThreadPoolExecutor(1) as pool:
        looking = pool.submit(look)
        try:
            yield
        finally:
            over.set()
        looking.result()
    assert set(answers) == {200}


def _it_asks_before_it_begins(fig) -> None:
    planned = said(fig("farewell", "--dry-run", "--json"))
    assert [one["step"] for one in planned["steps"]] == STEPS
    refused = said(fig("farewell", "--json"), 1)
    assert "confirm it with --yes" in refused["error"]
    asked = fig("farewell")  # nobody answers
    assert (asked.returncode, "There is no way back" in asked.stdout) == (1, True)


def _killed(fig, points: tuple[str, ...]) -> None:
    for point in points:
        rig = [sys.executable, "-m", "tests.rigs.processes.struck"]
        done = subprocess.run(
            [*rig, point, "fig", "farewell", "--yes"],
            env=fig.environment, cwd=PROJECT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == -signal.SIGKILL, f"{point}: {done.stdout}{done.stderr}"


def _nothing_is_left(fig, home, routes, document) -> None:
    assert not {"legacy", "feed", "legacy-seed"} & {one.name for one in fig.state.processes}
    assert "legacy" not in fig.state.ports
    place = access.place(Home(home), fig.state)
    with psycopg.connect(database_url(place, "postgres")) as connection:
        left = connection.execute(
            "SELECT datname FROM pg_database WHERE datname ~ 'legacy'"
            " UNION ALL SELECT rolname FROM pg_roles WHERE rolname IN ('legacy', 'feed', 'reverse')"
            " UNION ALL SELECT slot_name FROM pg_replication_slots"
        ).fetchall()
    assert left == []
    assert not {"LEGACY", "KV_feed"} & asyncio.run(_streams(nats_url(place)))
    assert Path(document["archive"]["path"]).stat().st_size == document["archive"]["bytes"]
    assert "legacy:" not in routes.read_text()
    journal = said(fig("journal", "--json"))["entries"]
    reasons = [one["why"] for one in journal if one["event"] == "farewell"]
    assert len(reasons) == 2
    assert "legacy is taken out of the route file" in reasons[0]
    assert document["archive"]["sha256"] in reasons[1]
    again = said(fig("farewell", "--yes", "--json"))
    assert all(one["already"] for one in again["steps"])
    assert again["archive"] == document["archive"]


async def _streams(url: str) -> set[str]:
    async with connected(url) as client:
        return {each.config.name or "" for each in await client.jetstream().streams_info()}


def _it_comes_up_alone(fig) -> None:
    down, up = fig("down"), fig("up", "--detach")
    assert (down.returncode, up.returncode) == (0, 0), down.stderr + up.stderr
    assert not {"legacy", "feed", "legacy-seed"} & {one.name for one in fig.state.processes}


def _it_sells(fig, wait_for, email: str) -> None:
    """A stranger registers, a customer orders; what no route names is nowhere."""
    with People(fig, wait_for) as people:
        assert people.browser().get("/no/such/page").status_code == 404
        people.registered(email)
    ordered = fig("order", "--json")
    assert ordered.returncode == 0, ordered.stdout + ordered.stderr
