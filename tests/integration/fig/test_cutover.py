"""`fig cutover` on a whole stack: of the goods, with its checks, killed, closed and retired; and of
the accounts, while strangers register.
"""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import psycopg
import pytest

from fig.clients import access
from fig.settings import Home
from fig.stack.addresses import database_url
from loadtests.journeys.staff import ADMIN
from tests.rigs.shop.people import token

pytestmark = [pytest.mark.integration, pytest.mark.timeout(500)]
PROJECT = Path(__file__).parents[3]
MOVED = re.compile("domain: (goods|accounts)")
BOUND = ("--bound", "100%")  # of routes that were never compared
TRIES = 3  # of one call
STRANGER_SECONDS = 0.2  # between two registrations of one browser


@pytest.fixture
def routes(home: Path) -> Path:
    """The shop's file with every route of goods and accounts at `new` but one."""
    entries = re.split(
        r"(?=^  - name: )", (PROJECT / "routes.yaml").read_text(), flags=re.MULTILINE
    )
    text = "".join(
        one.replace("stage: legacy", "stage: new", 1) if MOVED.search(one) else one
        for one in entries
    )
    path = home.parent / "routes.yaml"
    path.write_text(text.replace("stage: new", "stage: canary\n    percent: 100", 1))
    return path


@pytest.fixture
def cutover(fig, home, routes, port_base, shop_in):
    """`cutover(code, *words)`: the call's document; it must end with this code."""
    fig.variables = {"FIG_ROUTES": str(routes)}
    shop_in(home)
    up = fig("up", "--detach", FIG_PORT_BASE=str(port_base))
    assert up.returncode == 0, up.stderr

    def call(code: int, *words: str, domain: str = "goods") -> dict[str, Any]:
        for _ in range(TRIES):
            done = fig("cutover", domain, "--json", *words)
            document: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
            if done.returncode == code or not late(document):
                break
        assert done.returncode == code, done.stdout + done.stderr
        return document

    return call


def late(document: dict[str, Any]) -> bool:
    """Whether the first move was given up, as it must be, for a read model that a busy machine kept
    from following in time: nothing has changed then, and the move is ordered again."""
    moves = document.get("moves") or []
    return len(moves) == 1 and not moves[0]["ok"] and "not there within" in moves[0]["words"]


def failing(document: dict[str, Any]) -> dict[str, str]:
    return {one["check"]: one["words"] for one in document["checks"] if one["ok"] is False}


def test_the_goods_change_hands(cutover, fig, home, routes, wait_for) -> None:
    _what_stands_against_it_is_named(cutover, fig, home, routes)
    wait_for("the catalog catches up", lambda: _behind(fig) < 2.0)  # what waited was not read
    _there_back_and_there(cutover, fig, routes)
    _a_saved_price_is_read_before_legacy_has_it(fig, home, wait_for)
    _a_killed_command_is_mended(cutover, fig, routes, wait_for)
    _the_window_is_closed(cutover, fig, routes)
    _accounts_change_hands_while_strangers_register(cutover, fig)
    _a_console_stands_against_the_end(fig, home)


def _what_stands_against_it_is_named(cutover, fig, home, routes) -> None:
    assert fig("cutover", "gods").returncode == 2
    here = access.place(Home(home), fig.state)
    # a person's console: the monolith's own role may not idle in a transaction for so long
    with psycopg.connect(database_url(here, "postgres", "legacy")) as other:
        other.execute("UPDATE product SET name = name WHERE id = (SELECT min(id) FROM product)")
        document: dict[str, Any] = {}
        pid = other.info.backend_pid
        for _ in range(20):  # each call takes longer than a tenth of a second
            document = cutover(1, "--dry-run")
            if "transactions" in failing(document):
                break
        other.rollback()
    against = failing(document)
    assert set(against) == {"routes at new", "comparison", "transactions"}
    assert "UPDATE product SET name" in against["transactions"]
    assert f"pid {pid} (postgres" in against["transactions"]
    assert "product-detail (canary)" in against["routes at new"]
    notes = {one["check"]: one["words"] for one in document["checks"] if one["ok"] is None}
    assert "legacy (owner: may drop the fence)" in notes["may write"]
    assert "article-save 0" in notes["writing routes"]
    assert "goods: {owner: legacy}" in routes.read_text()
    assert fig("flip", "product-detail", "new", "--force", "test").returncode == 0


def _behind(fig) -> float:
    """Seconds, of the catalog."""
    lag = fig("lag", "--json")
    seconds = json.loads(lag.stdout)["catalog"]["seconds"] if lag.returncode == 0 else None
    return float("inf") if seconds is None else float(seconds)


def _there_back_and_there(cutover, fig, routes) -> None:
    document = cutover(0, "--rehearse", *BOUND)
    assert [(move["toward"], move["ok"]) for move in document["moves"]] == [
        ("new", True), ("legacy", True), ("new", True),
    ]  # fmt: skip
    assert [step["step"] for step in document["moves"][0]["steps"]][:2] == ["fence", "reach"]
    assert "goods: {owner: new, window: open}" in routes.read_text()
    refused = fig("flip", "article-save", "canary", "0")
    assert (refused.returncode, "legacy refuses writes" in refused.stderr) == (1, True)
    assert "owners: goods new (window open), orders legacy" in fig("status").stdout
    explained = json.loads(fig("explain", "POST", "/admin/products/X", "--json").stdout)
    assert "fig cutover goods --back" in explained["pinned"]


def _a_saved_price_is_read_before_legacy_has_it(fig, home, wait_for) -> None:
    """Both feeds stand still: the read models decline, and legacy shows the price of before."""
    here, feed = access.place(Home(home), fig.state), fig.state.process("feed").pid
    shop, legacy = (f"http://127.0.0.1:{fig.state.ports[name]}" for name in ("facade", "legacy"))
    with (
        httpx2.Client(base_url=shop, timeout=30) as staff,
        psycopg.connect(database_url(here, "postgres", "legacy")) as held,
    ):
        form = {"email": ADMIN[0], "password": ADMIN[1], "csrf": token(staff, "/login")}
        assert staff.post("/login", data=form).status_code == 302
        row = held.execute("SELECT sku FROM product ORDER BY id LIMIT 1 FOR UPDATE").fetchone()
        assert row is not None
        path = f"/admin/products/{row[0]}"
        # the login has reached the new side: it would decline the form until then
        wait_for("its page", lambda: "side=new" in staff.get(path).headers["fig-decision"])
        form = {"price": "432.10", "active": "Y", "csrf": token(staff, path)}
        os.kill(feed, signal.SIGSTOP)
        try:
            saved = staff.post(path, data=form)
            assert saved.status_code == 302, saved.text
            assert "+goods" in staff.cookies["fig_after"]
            for page in (path, f"/product/{row[0]}", f"/api/products/{row[0]}"):
                read = staff.get(page)
                assert "432.10" in read.text, f"{page}: {read.headers['fig-decision']}"
                assert "side=new" in read.headers["fig-decision"]
            assert "432.10" not in httpx2.get(f"{legacy}/product/{row[0]}", timeout=30).text
        finally:
            os.kill(feed, signal.SIGCONT)
            held.rollback()


def _a_killed_command_is_mended(cutover, fig, routes, wait_for) -> None:
    program = [sys.executable, "-m", "fig", "cutover", "goods", "--back"]
    with subprocess.Popen(
        program, env=fig.environment, cwd=PROJECT, stdout=subprocess.DEVNULL
    ) as command:
        wait_for("moving", lambda: "goods: {owner: moving}" in routes.read_text())
        os.kill(command.pid, signal.SIGKILL)
    document = cutover(0, *BOUND)  # wherever it died: mended, and there again
    assert document["owner"] == "new"
    assert "goods: {owner: new, window: open}" in routes.read_text()


def _the_window_is_closed(cutover, fig, routes) -> None:
    early = fig("flip", "article-save", "retired", "--force", "test")
    assert (early.returncode, "fig cutover goods --close" in early.stderr) == (1, True)
    assert cutover(0, "--close", "--yes")["window"] == "closed"
    assert "goods: {owner: new, window: closed}" in routes.read_text()
    assert failing(cutover(1, "--back"))["window"] == "closed: there is no way back"
    by_evidence = fig("flip", "article-save", "retired")
    assert (by_evidence.returncode, "fig retire article-save" in by_evidence.stderr) == (1, True)
    retired = fig("flip", "article-save", "retired", "--force", "test")
    assert retired.returncode == 0, retired.stderr


def _accounts_change_hands_while_strangers_register(cutover, fig) -> None:
    """By the facade's pages; each is logged in, on both sides, and one customer."""
    over, answers = threading.Event(), []
    url, legacy = (f"http://127.0.0.1:{fig.state.ports[name]}" for name in ("facade", "legacy"))

    def strangers(name: str) -> None:
        number = 0
        while not over.wait(STRANGER_SECONDS):
            number += 1
            answers.append(_registers(url, f"{name}{number}@example.org"))

    with ThreadPoolExecutor(2) as pool:
        work = [pool.submit(strangers, name) for name in ("eva", "ida")]
        try:
            document = cutover(0, "--rehearse", *BOUND, domain="accounts")
        finally:
            over.set()
        for each in work:
            each.result()
    assert [(move["ok"], move["failed"]) for move in document["moves"]] == [(True, 0)] * 3
    assert answers
    assert [status for status, _ in answers] == [302] * len(answers)
    for _, cookies in answers[:: max(1, len(answers) // 5)]:
        sides = [httpx2.get(f"{side}/api/me", cookies=cookies) for side in (url, legacy)]
        assert sides[0].status_code == 200, sides[0].text
        assert sides[0].json() == sides[1].json()
    verified = fig("verify", "accounts", "--json")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert cutover(0, "--close", "--yes", domain="accounts")["window"] == "closed"


def _registers(url: str, email: str) -> tuple[int, httpx2.Cookies]:
    """The status of the posted form, and the browser's cookies afterwards."""
    with httpx2.Client(base_url=url, timeout=20) as browser:
        form = {"email": email, "name": "Eva", "street": "", "zip": "", "city": "Füssen",
                "password": "pass word", "csrf": token(browser, "/register")}  # fmt: skip
        return browser.post("/register", data=form).status_code, browser.cookies


def _a_console_stands_against_the_end(fig, home) -> None:
    here = access.place(Home(home), fig.state)
    url = database_url(here, "postgres", "legacy")
    port = fig.state.ports["legacy"]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/login?x=secret", timeout=30):
        pass
    for name in ("console", "and gone"):
        with psycopg.connect(url, application_name=name):
            asked = fig("retire", "goods", "--horizon", "1h", "--dry-run", "--json")
    assert asked.returncode == 1, asked.stderr
    objections = json.loads(asked.stdout)["objections"]
    sessions = [one["about"] for one in objections if one["kind"] == "session"]
    assert sessions == ["console, as role postgres", "and gone, as role postgres"]
    assert any(
        "GET /login" in one["words"] and "Python-urllib" in one["about"]
        for one in objections
        if one["kind"] == "connection"
    ), objections
    gaps = {one["about"] for one in objections if one["kind"] == "gap"}
    assert gaps == {"the facade", "the log of PostgreSQL", "the log of the monolith"}
