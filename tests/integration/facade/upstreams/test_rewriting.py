"""A facade before upstreams that live at other addresses: browsers' journeys and pairs."""

import contextlib
import json
import time
import urllib.request
from http.cookiejar import CookieJar

import pytest

from chassis.process.tokens import authorization

pytestmark = pytest.mark.integration

ROUTES = """
upstreams:
  legacy: {{url: "{legacy}", host: shop.internal, prefix: {{strip: /shop, add: /app}}}}
  fresh: {{url: "{fresh}", prefix: {{strip: /shop/api}}}}
routes:
  - {{name: go, match: GET /shop/api/go, new: fresh, stage: shadow, compare: {{sample: 100%}}}}
  - {{name: off, match: GET /shop/api/off, new: fresh, stage: shadow, compare: {{sample: 100%}}}}
"""


OWN = b"a=1; Path=/; Domain=shop.internal"


def answering(scripts, location: bytes, cookie: bytes, seen: list[bytes]):
    """Sends everybody to `location`, with a cookie; what follows there is answered with 200."""

    def script(sock) -> None:
        while head := scripts.head(sock)[0]:
            target = head.split(b" ")[1]
            seen.append(target)
            lines = b"Set-Cookie: " + cookie + b"\r\n"
            if target.endswith((b"/go", b"/off")):
                where = b"/elsewhere" if target == b"/off" else location
                status, lines = b"302 Found", lines + b"Location: " + where + b"\r\n"
            else:
                status = b"200 OK"
                lines = b"X-Cookie: " + (b"yes" if b"\r\nCookie: a=1" in head else b"no") + b"\r\n"
            sock.sendall(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n" + lines + b"\r\n")

    return script


@pytest.fixture
def facade(start, serve, scripts):
    seen: tuple[list[bytes], list[bytes]] = [], []
    legacy = serve(answering(scripts, b"http://shop.internal/app/api/there", OWN, seen[0]))
    fresh = serve(answering(scripts, b"/there", b"a=1; Path=/", seen[1]))
    facade = start(ROUTES.format(legacy=legacy.url, fresh=fresh.url))
    facade.seen = seen
    return facade


def compared(facade) -> dict[str, dict[str, int]]:
    url = f"http://127.0.0.1:{facade.admin}/api/compare"
    request = urllib.request.Request(url, headers=authorization(url))
    with contextlib.suppress(OSError), urllib.request.urlopen(request) as said:
        return {one["route"]: one for one in json.load(said)["routes"]}
    return {}


def test_a_browser_follows_and_keeps_its_cookie(facade) -> None:
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    with browser.open(f"http://127.0.0.1:{facade.port}/shop/api/go", timeout=20) as answer:
        assert answer.url == f"http://127.0.0.1:{facade.port}/shop/api/there"
        assert answer.headers["X-Cookie"] == "yes"
    assert [one for one in facade.seen[0] if b"probe" not in one] == [
        b"/app/api/go",
        b"/app/api/there",
    ]


def counts(facade, path: str) -> tuple[int, int]:
    """How many pairs of a route are equal, and how many differ; asks for one more where none is."""
    found = compared(facade).get(path, {"matched": 0, "mismatched": 0})
    if not (found["matched"] or found["mismatched"]):
        client = urllib.request.build_opener(Stay)
        with pytest.raises(urllib.request.HTTPError) as sent:
            client.open(f"http://127.0.0.1:{facade.port}/shop/api/{path}", timeout=20)
        assert sent.value.headers["Location"] == "/shop/api/there"
        time.sleep(0.2)
    return found["matched"], found["mismatched"]


def test_answers_that_mean_one_place_are_equal_and_others_are_not(facade, scripts) -> None:
    for path, same in (("go", True), ("off", False)):
        scripts.eventually(f"{path} is judged", lambda p=path: any(counts(facade, p)), 60.0)
        matched, mismatched = counts(facade, path)
        assert (bool(matched), bool(mismatched)) == (same, not same)
    # its pair differed also after legacy was asked a second time, at its own address
    assert facade.seen[0].count(b"/app/api/off") > facade.seen[1].count(b"/off"), facade.seen


class Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect."""

    def redirect_request(self, *_args):
        return None
