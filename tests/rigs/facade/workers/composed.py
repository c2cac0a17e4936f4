"""A worker with a composed page, and the answers of its parts."""

import json
from typing import Any

from tests.rigs.facade.workers.introducing import LEGACY, NEW, Shop, get, ok

ROUTES = """
facade: {{session_cookie: sid, expose: {expose}}}
upstreams:
  legacy: {{url: "http://legacy.test:1000", breaker: {{minimum_calls: 1, failure_ratio: 1%}}}}
  fresh:  {{url: "http://new.test:2000", breaker: {{minimum_calls: 1, failure_ratio: 1%}}}}
limits:
  few: {{rate: 1/h, burst: 1, key: [client], mode: enforce}}
routes:
  - name: page
    match: GET /api/page/{{sku}}
    timeout: 3s
    compose:
      product: GET /api/products/{{sku}}?full=1
      me: {{get: /api/me, optional: true}}
      stock: {{get: /api/stock, optional: {stock}}}
  - {{name: all-optional, match: GET /api/any,
     compose: {{a: {{get: /api/me, optional: true}}, b: {{get: /b, optional: true}}}}}}
  - {{name: product, match: "GET /api/products/{{sku}}", new: fresh, stage: {stage}{more}}}
  - {{name: me, match: GET /api/me, stage: legacy{me}}}
"""
JSON = b"Content-Type: application/json\r\n"
PAGE = get("/api/page/P-1", cookie="sid=1")


def text(**how: str) -> str:
    usual = {"expose": "false", "stage": "new", "more": "", "me": "", "stock": "false"}
    return ROUTES.format(**{**usual, **how})


class Composed(Shop):
    """A shop with a composed page, and its parts by the paths that they are asked for."""

    def __init__(self, rig: Any) -> None:
        super().__init__(rig, None)  # type: ignore[arg-type]

    def asked(self) -> dict[str, tuple[Any, bytes]]:
        """What waits to be answered, by target."""
        waits = [*self.at(LEGACY), *self.at(NEW)]
        return {data.split(b" ")[1].decode(): (peer, data) for peer, data in waits}

    def page(self, answers: dict[str, bytes], request: bytes = PAGE) -> bytes:
        """The answer to the page where its parts are answered so; those not named, not at all."""
        client = self.rig.client()
        client.send(request)
        for target, (peer, _) in self.asked().items():
            for start, answer in answers.items():
                if target.startswith(start):
                    peer.send(answer)
        return bytes(client.read())

    def parts(self, route: str = "page") -> dict[str, Any]:
        found: dict[str, Any] = self.rig.counts(route)["composed"]
        return found


def body(answer: bytes) -> Any:
    return json.loads(answer.partition(b"\r\n\r\n")[2])


PRODUCT = ok(b'{"sku": "P-1", "price": 1.10}', more=JSON)
ME = ok(b'{"name": "Sara"}', more=JSON)
STOCK = ok(b"[1,2]", more=JSON)
GOOD = {"/api/products": PRODUCT, "/api/me": ME, "/api/stock": STOCK}
