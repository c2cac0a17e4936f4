"""Routes by host and conditions, and testers, through a real facade and its admin port."""

import http.client
import json
import urllib.request
from typing import Any

import pytest

from chassis.process.tokens import authorization

pytestmark = pytest.mark.integration

ROUTES = """
facade: {{expose: true}}
upstreams:
  legacy: {{url: "{legacy}"}}
  fresh: {{url: "{fresh}"}}
routes:
  - {{name: hosted, match: GET /a, new: fresh, stage: new, host: ["*.shop.example", shop.example]}}
  - name: beta
    match: GET /a
    when: {{"header:X-Beta": yes}}
    new: fresh
    stage: canary
    percent: 100
  - {{name: others, match: GET /a, stage: legacy}}
  - name: tested
    match: "* /t"
    new: fresh
    stage: shadow
    compare: {{sample: 100%}}
    testers: {{"query:fig": new, "header:X-User": [anna, ben]}}
  - {{name: login, match: POST /login, stage: legacy, attempts: {{account: "form:email"}}}}
"""


def named(scripts, name: bytes):
    def script(sock) -> None:
        while scripts.head(sock)[0]:
            sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(name), name))

    return script


@pytest.fixture
def facade(start, serve, scripts):
    legacy, fresh = serve(named(scripts, b"old")), serve(named(scripts, b"new"))
    return start(ROUTES.format(legacy=legacy.url, fresh=fresh.url))


def ask(facade, target: str, method: str = "GET", **headers: str) -> tuple[str, str]:
    """Who answers, and how it was decided."""
    client = http.client.HTTPConnection("127.0.0.1", facade.port, timeout=20)
    words = {name.replace("_", "-"): value for name, value in headers.items()}
    client.request(method, target, headers=words)
    answer = client.getresponse()
    body = answer.read().decode()
    client.close()
    return body, answer.headers["Fig-Decision"]


def status(facade) -> Any:
    url = f"http://127.0.0.1:{facade.admin}/api/status"
    try:
        with urllib.request.urlopen(
            urllib.request.Request(url, headers=authorization(url)), timeout=20
        ) as said:
            return json.load(said)
    except OSError:
        return None


def test_host_and_header_decide(facade) -> None:
    for headers, who, stage in (
        ({}, "old", "legacy"),
        ({"Host": "Shop.Example:80"}, "new", "new"),
        ({"Host": "www.shop.example."}, "new", "new"),
        ({"X_Beta": "yes"}, "new", "canary"),
        ({"X_Beta": "no"}, "old", "legacy"),
        ({"X_Beta": "yes", "Host": "shop.example"}, "new", "new"),
    ):
        body, said = ask(facade, "/a", **headers)
        assert body == who
        assert f"stage={stage}" in said


def test_testers_go_ahead_and_count_apart(facade, scripts) -> None:
    for method in ("GET", "POST"):
        assert ask(facade, "/t", method)[0] == "old"
        for target, headers in (("/t?fig=new", {}), ("/t", {"X_User": "anna"})):
            body, said = ask(facade, target, method, **headers)
            assert body == "new"
            assert "reason=tester" in said
        assert ask(facade, "/t", method, X_User="eve")[0] == "old"

    def counted() -> Any:
        found = status(facade)
        route = next((r for r in found["routes"] if r["name"] == "tested"), None) if found else None
        if route is None:
            return None
        return route["testers"]["status"].get("new", {}).get("2xx"), route["requests"]

    # The worker tells more than once while it is asked.
    scripts.eventually("all are counted", lambda: counted() == (4, {"legacy": 4, "new": 0}))
    with urllib.request.urlopen(f"http://127.0.0.1:{facade.admin}/metrics", timeout=20) as said:
        text = said.read().decode()
    assert 'facade_testers_total{route="tested",side="new",status="2xx"} 4.0' in text


def test_a_reload_that_would_leave_two_with_equal_right_is_refused(facade, scripts) -> None:
    text = facade.routes.read_text()
    line = "  - {name: twice, match: GET /a, stage: legacy, host: shop.example}\n"
    facade.save(text + line)
    verdict = facade.folder / "runtime" / "reload.json"
    scripts.eventually("it is refused", lambda: not json.loads(verdict.read_text())["ok"])
    (said,) = json.loads(verdict.read_text())["errors"]
    number = len(text.splitlines()) + 1
    assert said.startswith(f"routes.yaml:{number}:26: match: ambiguous match: ")
    assert "'hosted' (line 7) with equal right, GET on the same paths of shop.example" in said
    assert ask(facade, "/a", Host="shop.example")[0] == "new"


def test_a_login_in_small_letters_is_refused(facade) -> None:
    """Some frameworks take `post` for POST: it would be an attempt that nobody counts."""
    for method, begin in (("POST", "old"), ("post", '{"type":"about:blank","title":"Bad Request"')):
        assert ask(facade, "/login", method)[0].startswith(begin)
