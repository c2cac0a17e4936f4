"""On a facade that runs: legacy's data is not retired, and what new owns is not sent to legacy."""

import json
import subprocess
from pathlib import Path

import httpx2
import pytest

from chassis.cli.calls import call_object
from tests.rigs.processes.warm import WARM

pytestmark = pytest.mark.integration

PROJECT = Path(__file__).parents[4]
ROUTES = """
upstreams:
  legacy: {{url: "{legacy}"}}
  fresh: {{url: "{new}"}}
{domains}
routes:
  - {{name: order, match: GET /order, new: fresh, stage: new{domain}}}
"""
WHY = "cannot be retired before the cutover of its domain 'orders'"


def retire(facade) -> "subprocess.CompletedProcess[str]":
    where = ("--routes", str(facade.routes), "--admin", f"127.0.0.1:{facade.admin}")
    return WARM.run("facade", "flip", "order", "retired", *where, "--force", "x")


def status(facade) -> dict:
    return call_object(f"http://127.0.0.1:{facade.admin}/api/status")


@pytest.fixture
def running(start, serve, scripts):
    side = serve(scripts.polite)

    def run(domains: str, domain: str):
        text = ROUTES.format(legacy=side.url, new=side.url, domains=domains, domain=domain)
        facade = start(text)
        scripts.eventually("the admin port is there", facade.readiness)
        return facade

    return run


def test_a_flip_is_refused_with_the_reason_and_the_route_stays(running) -> None:
    facade = running("domains: {orders: {owner: legacy}}", ", domain: orders")
    before = facade.routes.read_text()
    refused = retire(facade)
    assert refused.returncode == 1
    assert WHY in refused.stderr
    assert facade.routes.read_text() == before
    assert status(facade)["routes"][0]["stage"] == "new"


def test_by_hand_it_is_refused_at_its_place_and_the_last_table_stays(running, scripts) -> None:
    facade = running("domains: {orders: {owner: legacy}}", ", domain: orders")
    facade.save(facade.routes.read_text().replace("stage: new", "stage: retired"))
    scripts.eventually("refused", lambda: WHY in facade.said())
    assert status(facade)["routes"][0]["stage"] == "new"


def test_without_domains_it_is_a_plain_last_stage(running, scripts) -> None:
    facade = running("", "")
    done = retire(facade)
    assert done.returncode == 0, done.stderr
    scripts.eventually("retired", lambda: status(facade)["routes"][0]["stage"] == "retired")


PINNED = """
upstreams:
  legacy: {{url: "{legacy}"}}
  fresh: {{url: "{new}"}}
domains: {{goods: {{owner: legacy}}}}
routes:
  - {{name: save, match: GET|POST /save, new: fresh, stage: new, domain: goods}}
"""


def call(facade, *words: str) -> "subprocess.CompletedProcess[str]":
    where = ("--routes", str(facade.routes), "--admin", f"127.0.0.1:{facade.admin}")
    return WARM.run("facade", *words, *where)


def test_a_pinned_write_gets_503_where_new_is_away_and_legacy_is_not_asked(
    start, serve, scripts
) -> None:
    facade = start(PINNED.format(legacy=serve(scripts.polite).url, new="http://127.0.0.1:1"))
    scripts.eventually("the admin port is there", facade.readiness)
    address = f"http://127.0.0.1:{facade.port}/save"

    assert call(facade, "owner", "goods", "new").returncode == 1  # not without moving
    moving = call(facade, "owner", "goods", "moving", "--json")
    assert json.loads(moving.stdout)["facade"] == "applied", moving.stderr
    before = status(facade)["routes"][0]["requests"]["legacy"]
    with httpx2.Client() as client:
        written = client.post(address)
        assert (written.status_code, written.headers["retry-after"]) == (503, "2")
        assert client.get(address).status_code == 200  # legacy's: it is as current as ever

    assert call(facade, "owner", "goods", "new").returncode == 0
    refused = call(facade, "flip", "save", "canary", "0")
    assert (refused.returncode, "'save' stays at new" in refused.stderr) == (1, True)
    facade.save(facade.routes.read_text().replace("{owner: new, window: open}", "{owner: legacy}"))
    scripts.eventually("refused", lambda: "by an edit: fig cutover goods --back" in facade.said())
    shown = status(facade)
    assert shown["domains"] == {"goods": {"owner": "new", "window": "open", "attempt": None}}

    def counted() -> tuple[int, bool]:
        answered = status(facade)["routes"][0]["requests"]
        return answered["legacy"] - before, answered["new"] > 0

    scripts.eventually("both are counted", lambda: counted() == (1, True))
