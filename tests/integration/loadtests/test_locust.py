"""Real Locust against a tiny shop on a real socket: what it counts, and what it writes down."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

pytestmark = pytest.mark.integration

PROJECT = Path(__file__).parents[3]
SKUS = [f"ZT-{n}" for n in range(5)]


class TinyShop(ThreadingHTTPServer):
    """Five tents. `price` is what a product's page in the app says."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.price = "9.00"
        self.status = 200
        self.devices: set[str] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: TinyShop

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        if device := self.headers.get("X-Device-Id"):
            self.server.devices.add(device)
        body = self.answer(address.path, parse_qs(address.query))
        unknown = "error" in body and "sku" in body
        content = json.dumps(body).encode()
        self.send_response(404 if unknown else self.server.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def answer(self, path: str, query: dict[str, list[str]]) -> dict[str, Any]:
        if path == "/api/categories":
            return {"categories": [{"code": "TENT", "parent": None, "count": 5}]}
        if path == "/api/products":
            return self.listing(query)
        return self.product(path.rpartition("/")[2])

    def listing(self, query: dict[str, list[str]]) -> dict[str, Any]:
        per_page = int(query.get("per_page", ["24"])[0])
        if query.get("category") == ["attic"]:
            return {"error": "unknown category", "products": [], "total": 0}
        products = [summary(sku, "9.00") for sku in SKUS]
        return {"products": products, "page": 1, "per_page": per_page, "total": 5, "pages": 1}

    def product(self, sku: str) -> dict[str, Any]:
        if sku not in SKUS:
            return {"error": "product not found", "sku": sku}
        variants = [{"sku": f"{sku}-0", "price": "9.00", "stock": 1}]
        fields = {"currency": "EUR", "variants": variants, "stock": 1}
        return summary(sku, self.server.price) | fields

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


def summary(sku: str, price: str) -> dict[str, Any]:
    fields = {"price": price, "list_price": "10.00", "discount_pct": "10"}
    return {"sku": sku, "name": f"Zelt {sku}"} | fields


@pytest.fixture
def shop() -> Iterator[TinyShop]:
    server = TinyShop()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def start_locust(url: str, *options: str, stats: Path | None = None) -> subprocess.Popen[str]:
    """People who browse, until they are told to stop."""
    env = {**os.environ, "FIG_FACADE_URL": url, "LOADTEST_THINK": "0.02-0.05"}
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "locust", "-f", str(PROJECT / "loadtests/locustfile.py")),
            *("--loglevel", "WARNING", *options, "Browser"),
        ],
        env=env | ({"LOADTEST_STATS_FILE": str(stats)} if stats else {}),
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def run_locust(url: str, stats: Path, lines: int = 3) -> tuple[int, str]:
    """Five of them until so many lines of figures are written; exit code and what it said."""
    headless = ("--headless", "--only-summary", "--users", "5", "--spawn-rate", "50")
    locust = start_locust(url, *headless, stats=stats)
    try:
        wait_for(lambda: locust.poll() is not None or enough(stats, lines), "figures are written")
        locust.terminate()
        said, _ = locust.communicate(timeout=90)
    finally:
        locust.kill()
    return locust.returncode, said


def enough(stats: Path, lines: int) -> bool:
    written = lines_of(stats)
    return len(written) >= lines and written[-1]["requests"] > 30


def lines_of(stats: Path) -> list[dict[str, Any]]:
    if not stats.exists():
        return []
    return [json.loads(line) for line in stats.read_text().splitlines()]


def wait_for(condition: Callable[[], bool], what: str) -> None:
    """Poll until it holds; fails the test with `what` after a minute."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx2.HTTPError, ValueError):
            if condition():
                return
        time.sleep(0.1)
    raise AssertionError(f"not within a minute: {what}")


def test_a_good_shop_has_no_failures(shop: TinyShop, tmp_path: Path) -> None:
    exit_code, said = run_locust(shop.url, tmp_path / "s.jsonl")
    last = lines_of(tmp_path / "s.jsonl")[-1]
    assert exit_code == 0, said
    assert (last["failures"], last["state"]) == (0, "stopped")
    assert set(last["names"]) >= {"GET /api/categories", "GET /api/products/{sku}"}
    assert len(shop.devices) > 5, "every visit is another person"


def test_a_wrong_price_is_a_failure_with_its_reason(shop: TinyShop, tmp_path: Path) -> None:
    shop.price = "8.99"
    exit_code, _ = run_locust(shop.url, tmp_path / "s.jsonl")
    last = lines_of(tmp_path / "s.jsonl")[-1]
    assert exit_code == 1
    assert last["failures"] == last["names"]["GET /api/products/{sku}"]["requests"] > 0
    assert "8.99" in last["reasons"][0]["reason"]


def test_figures_are_written_every_second_while_it_runs(shop: TinyShop, tmp_path: Path) -> None:
    run_locust(shop.url, tmp_path / "s.jsonl", lines=4)
    running = [line for line in lines_of(tmp_path / "s.jsonl") if line["state"] == "running"]
    assert running[-1]["users"] == 5
    assert running[-1]["names"]["GET /api/products"]["p95"] > 0
    gaps = [after["time"] - before["time"] for before, after in itertools.pairwise(running)]
    assert 0.9 < min(gaps) < 3.0


@pytest.mark.parametrize("kind", ["Staff", "Bookkeeper", "Newcomer"])
@pytest.mark.parametrize("everyone", [True, False])
def test_those_who_write_come_only_when_everyone_is_let_in(
    shop: TinyShop, kind: str, everyone: bool
) -> None:
    said = subprocess.run(
        [
            *(sys.executable, "-m", "fig", "load", "--host", shop.url, "--time", "2s"),
            *("--users", "1", *(["--everyone"] * everyone), "--think", "0.1", kind),
        ],
        cwd=PROJECT, capture_output=True, text=True, timeout=60, check=False,
    ).stderr  # fmt: skip
    assert ("Unknown User" in said) == (not everyone), said
    assert ("Shutting down" in said) == everyone, said


def test_by_hand_with_its_web_page(shop: TinyShop, free_port: Any) -> None:
    port = str(free_port())
    page = f"http://127.0.0.1:{port}"
    locust = start_locust(shop.url, "--web-host", "127.0.0.1", "--web-port", port)
    try:
        wait_for(lambda: shop.url in httpx2.get(page).text, "the page names the shop's address")
        httpx2.post(f"{page}/swarm", data={"user_count": 3, "spawn_rate": 9, "host": shop.url})
        wait_for(lambda: requests_on(page) > 10, "visitors come in")
    finally:
        locust.terminate()
        locust.communicate(timeout=90)


def requests_on(page: str) -> int:
    total = httpx2.get(f"{page}/stats/requests").json()["stats"][-1]
    return int(total["num_requests"])


def test_a_shop_that_does_not_answer_ends_it_at_once(tmp_path: Path, free_port: Any) -> None:
    exit_code, said = run_locust(f"http://127.0.0.1:{free_port()}", tmp_path / "s.jsonl")
    assert exit_code == 2
    assert "refused" in said
