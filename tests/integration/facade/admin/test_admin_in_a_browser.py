"""The admin port asked by pages of a real browser: no page of another origin writes or reads."""

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from tests.rigs.chromium import CHROMIUM, flags

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
]

ELSEWHERE = "evil.example"  # which leads here, as after DNS rebinding
ROUTES = """
upstreams: {{legacy: {{url: "{legacy}"}}, fresh: {{url: "{legacy}"}}}}
routes:
  - {{name: cart, match: GET /cart, new: fresh, stage: shadow, compare: {{sample: 100%}}}}
"""
# Whatever an endpoint asks for: it would act, if the request got there.
QUERY = (
    "route=cart&routes=cart&stage=canary&reason=a+page&against=nothing&to=new&what=abort"
    "&who=a+page&why=a+page&source=a+page&path=%24.a&place=%24.a&by=person&position=new"
)

# Each sends one request to `url` and says whether the page could read the answer.
TRICKS = {
    "fetch": """async (url) => {
        try { return (await (await fetch(url, {method: "POST", body: "a=b",
            credentials: "include"})).text()) !== ""; } catch { return false; } }""",
    "fetch no-cors": """async (url) => {
        try { return (await (await fetch(url, {method: "POST", body: "a=b", mode: "no-cors",
            credentials: "include"})).text()) !== ""; } catch { return false; } }""",
    "fetch with a preflight": """async (url) => {
        try { return (await fetch(url, {method: "POST", body: "{}", credentials: "include",
            headers: {"Content-Type": "application/json"}})).status > 0; }
        catch { return false; } }""",
    "form": """(url) => new Promise((done) => {
        const frame = document.createElement("iframe"), form = document.createElement("form");
        frame.name = "f" + Math.random(); form.target = frame.name; form.action = url;
        form.method = "post"; form.enctype = "text/plain";
        document.body.append(frame, form);
        frame.onload = () => { let read = false;
            try { read = frame.contentDocument.body.innerText !== ""; } catch {} done(read); };
        form.submit(); })""",
    "image": """(url) => new Promise((done) => { const image = new Image();
        image.onload = () => done(true); image.onerror = () => done(false); image.src = url; })""",
    "script": """(url) => new Promise((done) => { const script = document.createElement("script");
        script.onload = () => done(false); script.onerror = () => done(false); script.src = url;
        document.body.append(script); })""",
    "EventSource": """(url) => new Promise((done) => {
        const source = new EventSource(url, {withCredentials: true});
        source.onmessage = () => done(true);
        source.onerror = () => { source.close(); done(false); }; })""",
    "frame": """(url) => new Promise((done) => { const frame = document.createElement("iframe");
        frame.onload = () => { let read = false;
            try { read = frame.contentDocument.body.innerText !== ""; } catch {} done(read); };
        frame.src = url; document.body.append(frame); })""",
    "fetch to read": """async (url) => {
        try { return (await (await fetch(url, {credentials: "include"})).text()) !== ""; }
        catch { return false; } }""",
}
REFUSED = {401, 403, 421}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    rules = f"--host-resolver-rules=MAP {ELSEWHERE} 127.0.0.1"
    # Newer browsers keep pages of the network from asking this machine: not all of them do.
    older = ("LocalNetworkAccessChecks", "BlockInsecurePrivateNetworkRequests")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=flags(rules, without=older)
        )
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Any) -> Iterator[Any]:
    context = browser.new_context()
    yield context
    context.close()


class Admin:
    """The admin port of a facade, as a command of its user asks it."""

    def __init__(self, facade: Any, scripts: Any) -> None:
        scripts.eventually("the admin port is there", facade.readiness, seconds=60)
        file = Path(facade.folder / "runtime/keys/admin.token")
        self.token, self.port = file.read_text().strip(), facade.admin
        self.url = f"http://127.0.0.1:{facade.admin}"

    def ask(self, path: str) -> Any:
        bearer = {"Authorization": f"Bearer {self.token}"}
        request = urllib.request.Request(f"{self.url}{path}", headers=bearer)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def writing(self) -> list[str]:
        """Every path that changes something, by the port's own description."""
        paths = self.ask("/openapi.json")["paths"]
        found = [path for path, methods in paths.items() if set(methods) - {"get", "head"}]
        assert len(found) >= 7, found
        return [*found, "/login"]

    def state(self) -> Any:
        """What a write would have changed."""
        routes = [(one["name"], one["stage"]) for one in self.ask("/api/routes")]
        evidence = self.ask("/api/compare")["routes"]
        kept = [(one["route"], one["forced"], one["compared"]) for one in evidence]
        return self.ask("/api/journal"), self.ask("/api/walks"), routes, kept


@pytest.fixture
def admin(start: Any, serve: Any, scripts: Any) -> Admin:
    facade = start(ROUTES.format(legacy=serve(scripts.polite).url))
    return Admin(facade, scripts)


def log_in(context: Any, admin: Admin) -> Any:
    """The operator opens the dashboard; the browser keeps its cookie."""
    page = context.new_page()
    page.goto(f"{admin.url}/login")
    page.fill("input[name=token]", admin.token)
    page.click("button")
    page.wait_for_selector("#tiles", state="attached")
    return page


def page_of(context: Any, origin: str) -> Any:
    """A page of that origin, with what an attacker's server sends."""
    page = context.new_page()
    empty = "<!doctype html><title>a page</title><body>"
    page.route(
        f"{origin}/attack", lambda route: route.fulfill(body=empty, content_type="text/html")
    )
    page.goto(f"{origin}/attack")
    return page


def all_tricks(page: Any, target: str, paths: list[str]) -> list[tuple[str, str, int]]:
    """Play every trick on every path; returns the method, path and status of each answer.

    Fails where the page could read one.
    """
    answers: list[tuple[str, str, int]] = []

    def note(answer: Any) -> None:
        if answer.url.startswith(target):
            path = answer.url.removeprefix(target).partition("?")[0]
            answers.append((answer.request.method, path, answer.status))

    page.on("response", note)
    for path in paths:
        for name, script in TRICKS.items():
            read = page.evaluate(script, f"{target}{path}?{QUERY}")
            assert not read, f"{name} reads {path}"
    return answers


@pytest.mark.parametrize("logged_in", [True, False], ids=["with a token", "without"])
def test_a_page_of_another_origin_changes_and_reads_nothing(
    context: Any, admin: Admin, logged_in: bool
) -> None:
    """Another port of the same host gets the cookie, SameSite or not: a site has no port."""
    if logged_in:
        log_in(context, admin)
    before, paths = admin.state(), [*admin.writing(), "/api/status"]
    for host in ("127.0.0.1", "localhost", ELSEWHERE):
        page = page_of(context, f"http://{host}:1")
        answers = all_tricks(page, admin.url, paths)
        writes = [(path, status) for method, path, status in answers if method == "POST"]
        assert {unquote(path) for path, _ in writes} == set(paths), "each was really asked"
        assert {status for _, status in writes} <= REFUSED
        page.close()
    assert admin.state() == before


@pytest.mark.parametrize("logged_in", [True, False], ids=["with a token", "without"])
def test_a_name_that_was_made_to_lead_here_reads_and_changes_nothing(
    context: Any, admin: Admin, logged_in: bool
) -> None:
    """DNS rebinding: the page is of the very origin that it asks."""
    if logged_in:
        log_in(context, admin)
    before, origin = admin.state(), f"http://{ELSEWHERE}:{admin.port}"
    page = page_of(context, origin)
    statuses: list[int] = []
    for path in [*admin.writing(), "/api/status", "/", "/metrics", "/dashboard.js"]:
        for method in ("GET", "POST"):
            statuses.append(
                page.evaluate(
                    "async ([url, method]) => (await fetch(url, {method})).status",
                    [f"{origin}{path}?{QUERY}", method],
                )
            )
    assert set(statuses) <= {403, 421}
    assert 421 in statuses
    answer = page.goto(f"{origin}/")
    assert answer.status == 421
    assert admin.state() == before


def test_no_page_shows_the_dashboard_in_a_frame(context: Any, admin: Admin) -> None:
    log_in(context, admin)
    page = page_of(context, "http://127.0.0.1:1")
    for path in ("/", "/login"):
        page.evaluate(TRICKS["frame"], f"{admin.url}{path}")
    shown = [frame for frame in page.frames[1:] if frame.url.startswith(admin.url)]
    assert not [frame for frame in shown if frame.query_selector("form, #tiles")]


def test_the_dashboards_own_page_may_write(context: Any, admin: Admin) -> None:
    """So that the refusals above are those of a request that would act."""
    page, before = log_in(context, admin), admin.state()
    script = "async (url) => (await fetch(url, {method: 'POST'})).status"
    assert page.evaluate(script, f"/api/compare/forced?{QUERY}") == 200
    assert admin.state() != before
