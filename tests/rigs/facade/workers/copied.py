"""Routes whose requests are copied."""

ROUTES = """
upstreams:
  legacy: {url: "http://legacy.test:1000"}
  fresh:  {url: "http://new.test:2000"}
routes:
  - {name: shadowed, match: "* /shadow/{rest*}", new: fresh, stage: shadow, compare: {sample: 100%}}
"""
GET = b"GET /shadow/a?q=1&p= HTTP/1.1\r\nHost: a\r\nCookie: session=x\r\n\r\n"


def ok(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body
