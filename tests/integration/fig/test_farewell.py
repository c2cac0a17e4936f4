"""`fig farewell` on a whole stack, killed on its way, while customers go on: one stack."""

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

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]
PROJECT = Path(__file__).parents[3]
BOUND = ("--bound", "100%")  # of routes that were never compared
TOKEN = re.compile(r'name="csrf" value="([^"]+)"')
STEPS = ["routes", "stop", "shut", "archive", "trial", "slots", "database", "roles",
         "bus", "journal"]  # fmt: skip
# Each call is killed there, and the next one goes on. The stack is started anew between both parts.
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
def shop(fig, routes, port_base) -> None:
    """Runs; every domain is the new side's."""
    fig.variables = {"FIG_ROUTES": str(routes), "FIG_PORT_BASE": str(port_base)}
    up = fig("up", "--detach")
    assert up.returncode == 0, up.stderr
    for domain in ("goods", "orders", "accounts"):
        said(fig("cutover", domain, *BOUND, "--json"))


def said(done: "subprocess.CompletedProcess[str]", code: int = 0) -> dict[str, Any]:
    """The document of a call that must end with this code."""
    assert done.returncode == code, done.stdout + done.stderr
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def test_the_monolith_ends_while_customers_go_on(shop, fig, home, routes) -> None:
    _it_is_refused_before_its_time(fig, home)
    for domain in ("goods", "orders", "accounts"):
        said(fig("cutover", domain, "--close", "--yes", "--json"))
    retired = fig("retire", "--all", "--horizon", "1s", "--yes")
    assert retired.returncode == 0, retired.stdout + retired.stderr
    _it_asks_before_it_begins(fig)
    with _customers(fig):
        _killed(fig, FIRST)
        _it_sells(fig, "meanwhile@example.org")  # services that were started with a monolith
    _it_comes_up_alone(fig)
    with _customers(fig):
        _killed(fig, THEN)
        told = said(fig("farewell", "--yes", "--json"))
    assert [one["step"] for one in told["steps"]] == STEPS
    _nothing_is_left(fig, home, routes, told)
    _it_sells(fig, "after@example.org")
    _it_comes_up_alone(fig)
    _it_sells(fig, "later@example.org")
    verified = fig("verify", "--json")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert json.loads(verified.stdout)["books"]["orders"] >= 3  # all that were sold


def _it_is_refused_before_its_time(fig, home) -> None:
    url = database_url(access.place(Home(home), fig.state), "postgres", "legacy")
    with psycopg.connect(url, application_name="console") as console:
        console.execute("SELECT 'mine'")
        told = said(fig("farewell", "--dry-run", "--json"), 1)
        pid = str(console.info.backend_pid)
    against = {(one["kind"], one["about"]) for one in told["objections"]}
    assert {("stage", "product-detail"), ("domain", "goods"), ("session", pid)} <= against
    assert all(one["next"] for one in told["objections"])
    assert fig.state.process("legacy") is not None


@contextlib.contextmanager
def _customers(fig) -> Iterator[None]:
    """They look at the shop all the while, and each look is answered well."""
    over, answers = threading.Event(), list[int]()

    def look() -> None:
        with httpx2.Client(base_url=fig.state.urls["facade"], timeout=20) as client:
            while not over.is_set():
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


def _nothing_is_left(fig, home, routes, told) -> None:
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
    assert Path(told["archive"]["path"]).stat().st_size == told["archive"]["bytes"]
    assert "legacy:" not in routes.read_text()
    journal = said(fig("journal", "--json"))["entries"]
    reasons = [one["why"] for one in journal if one["event"] == "farewell"]
    assert len(reasons) == 2
    assert "legacy is taken out of the route file" in reasons[0]
    assert told["archive"]["sha256"] in reasons[1]
    again = said(fig("farewell", "--yes", "--json"))
    assert all(one["already"] for one in again["steps"])
    assert again["archive"] == told["archive"]


async def _streams(url: str) -> set[str]:
    async with connected(url) as client:
        return {each.config.name or "" for each in await client.jetstream().streams_info()}


def _it_comes_up_alone(fig) -> None:
    down, up = fig("down"), fig("up", "--detach")
    assert (down.returncode, up.returncode) == (0, 0), down.stderr + up.stderr
    assert not {"legacy", "feed", "legacy-seed"} & {one.name for one in fig.state.processes}


def _it_sells(fig, email: str) -> None:
    """A stranger registers, a customer orders; what no route names is nowhere."""
    url = fig.state.urls["facade"]
    assert httpx2.get(f"{url}/no/such/page", timeout=20).status_code == 404
    with httpx2.Client(base_url=url, timeout=20) as browser:
        token = TOKEN.search(browser.get("/register").text)
        assert token is not None
        form = {"email": email, "name": "Eva", "street": "", "zip": "", "city": "Füssen",
                "password": "pass word", "csrf": token[1]}  # fmt: skip
        assert browser.post("/register", data=form).status_code == 302
        assert browser.get("/api/me").json()["email"] == email
    ordered = fig("order", "--json")
    assert ordered.returncode == 0, ordered.stdout + ordered.stderr
