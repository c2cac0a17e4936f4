"""Routes that need to know who is asking, and a legacy that does not say it."""

from tests.rigs.facade.workers.introducing import ok

ROUTES = """
facade: {identity: {ask: /api/me, forget_on: [login]}}
upstreams:
  legacy: {url: "http://legacy.test:1000"}
  fresh:  {url: "http://new.test:2000"}
routes:
  - {name: mine, match: "GET /mine", new: fresh, stage: new, needs: [identity]}
  - {name: open, match: "GET /open", new: fresh, stage: new}
  - {name: only-new, match: "GET /only", new: fresh, stage: new, fallback: false, needs: [identity]}
  - {name: order, match: "POST /order", new: fresh, stage: new, needs: [session]}
  - {name: seen, match: "GET /seen", new: fresh, stage: shadow, needs: [identity],
     compare: {sample: 100%}}
  - {name: login, match: "POST /login", stage: legacy}
"""

SILENT = {
    "error": ok(b"", "500 Internal Server Error"),
    "missing": ok(b"", "404 Not Found"),
    "page": ok(b"<html>"),
    "nameless": ok(b'{"name": "x"}'),
    "list": ok(b"[]"),
    "moved": ok(b"", "302 Found", b"Location: /login\r\n"),
    "large": ok(b"x" * 70_000),
    "nonsense": b"SSH-2.0\r\n\r\n",
}

NOBODY = ok(b"{}", "401 Unauthorized")


def is_probe(question: bytes) -> bool:
    """Whether it asks about no session."""
    asks = question.startswith(b"GET /api/me HTTP/1.1\r\nHost: shop.test\r\n")
    return asks and b"cookie" not in question.lower()
