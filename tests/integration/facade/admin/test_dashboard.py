"""The dashboard in a real browser: trouble stands above everything else, wide and narrow."""

import json
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.rigs.chromium import CHROMIUM, flags

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
]

ROUTES = """
upstreams:
  legacy: {{url: "{legacy}"}}
  fresh: {{url: "{fresh}", breaker: {{minimum_calls: 4}}}}
routes:
  - {{name: cart, match: GET /cart, new: fresh, stage: canary, percent: 10, safe: true}}
  - {{name: invoice, match: "GET /invoice/{{n}}", new: fresh, stage: new}}
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags())
        yield browser
        browser.close()


@pytest.fixture
def troubled(start: Any, serve: Any, scripts: Any) -> Any:
    """A facade whose new side is gone, and whose legacy breaks off for one page."""

    def legacy(sock: Any) -> None:
        while (head := scripts.head(sock)[0]) and b"/broken" not in head:
            sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    gone = serve(scripts.polite)
    gone.close()
    return start(ROUTES.format(legacy=serve(legacy).url, fresh=gone.url))


@pytest.fixture
def visit(browser: Any, scripts: Any) -> Iterator[Callable[[Any], Any]]:
    """`visit(facade)`: its dashboard, opened with its token."""
    contexts = []

    def opened(facade: Any) -> Any:
        scripts.eventually("the admin port is there", facade.readiness)
        token = Path(facade.folder / "runtime/keys/admin.token").read_text().strip()
        contexts.append(browser.new_context())
        page = contexts[-1].new_page()
        page.goto(f"http://127.0.0.1:{facade.admin}/login")
        page.fill("input[name=token]", token)
        page.click("button")
        page.wait_for_selector("#tiles", state="attached")
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_trouble_stands_first_and_fits(
    visit: Callable[[Any], Any], troubled: Any, scripts: Any, width: int
) -> None:
    page = visit(troubled)
    page.set_viewport_size({"width": width, "height": 800})

    def shown() -> bool:
        for path in ("/invoice/1", "/broken"):
            troubled.get(path)
        words = page.locator("#wrong").inner_text()
        fell_back = "invoice: legacy answers in place of the new side" in words
        opened = "the breaker of fresh for reads opened" in words
        return fell_back and opened and page.title().startswith("(3) ")

    scripts.eventually("what is wrong is shown", shown)
    box = page.locator("#trouble").bounding_box()
    assert box["y"] < page.locator("#tiles").bounding_box()["y"]
    assert box["y"] + page.locator("#wrong").bounding_box()["height"] < 800, "seen unscrolled"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    first = page.locator("#routes tbody tr").first
    assert first.locator("th").inner_text().startswith("invoice")
    page.click("#failed summary")
    body = json.loads(troubled.get("/broken")[2])
    page.wait_for_selector(f"#failed li >> text={body['request_id']}")


def test_without_trouble_it_says_so(visit: Callable[[Any], Any], plain: Any) -> None:
    page = visit(plain)
    page.wait_for_selector("#well >> text=Nothing is wrong now.")
    assert page.locator("#trouble details:visible").count() == 0
    assert page.title() == "Strangler Fig · facade"


OWNED = """
upstreams: {{legacy: {{url: "{legacy}"}}, fresh: {{url: "{legacy}"}}}}
routes:
  - {{name: save, match: POST /save, new: fresh, stage: new, domain: goods}}
domains: {{goods: {{owner: new, window: open}}, accounts: {{owner: legacy}}}}
"""
WORDS = "the read model is behind: not there within 2 s"


@pytest.mark.parametrize("width", [1280, 390])
def test_the_owners_of_domains_and_the_last_attempts_are_shown(
    visit: Callable[[Any], Any], start: Any, serve: Any, scripts: Any, width: int
) -> None:
    facade = start(OWNED.format(legacy=serve(scripts.polite).url))
    page = visit(facade)
    page.set_viewport_size({"width": width, "height": 800})
    fields = {"domain": "accounts", "toward": "new", "who": "anna@desk", "words": WORDS}
    query = urlencode({**fields, "good": "false"})
    token = Path(facade.folder / "runtime/keys/admin.token").read_text().strip()
    asked = urllib.request.Request(
        f"http://127.0.0.1:{facade.admin}/api/domains/attempt?{query}",
        method="POST", headers={"Authorization": f"Bearer {token}"},
    )  # fmt: skip
    with urllib.request.urlopen(asked) as answer:
        assert answer.status == 200
    page.wait_for_selector(f"#domains td >> text={WORDS}")
    rows = page.locator("#domains tbody tr").all_inner_texts()
    assert "new" in rows[0] and "window open" in rows[0]
    assert "toward new, anna@desk" in rows[1]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    fits = "table => table.scrollWidth <= table.parentElement.clientWidth"
    assert page.locator("#domains table").evaluate(fits)


MACHINES = """
upstreams: {{legacy: {{url: "{legacy}"}}}}
machines:
  keys: {{file: keys.json}}
  issuers: {{partners: {{issuer: a, audience: b, jwks: missing.json}}}}
routes:
  - {{name: stock, match: GET /stock, stage: legacy, allow: {{keys: bookkeeper, scopes: a}}}}
"""


def test_machines_that_would_be_refused_are_listed_and_fit_a_phone(
    visit: Callable[[Any], Any], start: Any, serve: Any, scripts: Any
) -> None:
    facade = start(MACHINES.format(legacy=serve(scripts.polite).url))
    page = visit(facade)
    page.set_viewport_size({"width": 390, "height": 800})
    facade.get("/stock")
    facade.get("/stock", **{"X-API-Key": "fig_"})
    page.wait_for_selector("#allow tbody td >> text=no-credential (1)")
    page.wait_for_selector("#allow tbody th >> text=1 not checked: no key is known yet")
    assert page.locator("#allow tbody th").inner_text().startswith("stock")
    assert "shadow" in page.locator("#allow tbody").inner_text()
    page.wait_for_selector("#sources >> text=cannot read it")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
