"""Requests that no route names, counted by shape through a real worker and the control process."""

import http.client
import json
import re
import socket
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

from chassis.process.tokens import authorization

pytestmark = pytest.mark.integration

SHAPES = ("GET /product/<id>", "DELETE /product/<id>", "GET /broken", "GET /cut")
ROUTES = """\
upstreams: {{legacy: {{url: "{url}"}}}}
routes:
  - {{name: known, match: "GET /known", stage: legacy}}
"""


def by_path(read_head: Callable[[socket.socket], tuple[bytes, bytes]]) -> Any:
    """Breaks off at /cut, answers 500 at /broken and 200 elsewhere."""

    def script(sock: socket.socket) -> None:
        while True:
            head, _rest = read_head(sock)
            target = head.split(b" ", 2)[1] if head else b"/cut"
            if target == b"/cut":
                return
            status = b"500 No" if target == b"/broken" else b"200 OK"
            sock.sendall(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n\r\n")

    return script


@pytest.fixture
def facade(start: Any, serve: Any, scripts: Any) -> Any:
    facade = start(ROUTES.format(url=serve(by_path(scripts.head)).url), workers=2)
    scripts.eventually("the control process answers", lambda: listens(facade.admin))
    return facade


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def ask(facade: Any, method: str, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", facade.port, timeout=20)
    connection.request(method, path)
    status = connection.getresponse().status
    connection.close()
    return status


def admin(facade: Any, path: str) -> bytes:
    url = f"http://127.0.0.1:{facade.admin}{path}"
    request = urllib.request.Request(url, headers=authorization(url))
    with urllib.request.urlopen(request, timeout=20) as answer:
        return bytes(answer.read())


def shapes(facade: Any) -> dict[str, Any]:
    found = json.loads(admin(facade, "/api/status"))["unmatched"]
    return {f"{one['method']} {one['shape']}": one for one in found["shapes"]} | {"": found}


def test_paths_of_no_route_are_counted_by_shape_and_method(facade: Any, scripts: Any) -> None:
    asked = [("GET", f"/product/{number}") for number in range(7)]
    asked += [("DELETE", "/product/9"), ("GET", "/broken"), ("GET", "/cut"), ("GET", "/known")]
    statuses = [ask(facade, method, path) for method, path in asked]
    assert statuses == [200] * 8 + [500, 502, 200]

    def counted() -> Any:
        found = shapes(facade)  # two workers count, and each tells in its own time
        shown = [found.get(shape, {}).get("requests") for shape in SHAPES]
        return shown == [7, 1, 1, 1] and found

    found = scripts.eventually("all are counted", counted)
    product = found["GET /product/<id>"]
    assert (product["requests"], product["status"], product["failures"]) == (7, {"2xx": 7}, {})
    assert found["GET /broken"]["status"] == {"5xx": 1}
    assert found["GET /cut"]["status"] == {"5xx": 1}
    assert sum(found["GET /cut"]["failures"].values()) == 1
    assert not any("/known" in shape for shape in found)
    whole = found[""]
    assert whole["status"]["5xx"] == 2
    assert sum(whole["failures"].values()) == 1


def test_rates_and_latencies_are_of_the_last_seconds(facade: Any, scripts: Any) -> None:
    def measured() -> Any:
        ask(facade, "GET", "/product/1")
        found = shapes(facade)
        product = found.get("GET /product/<id>")
        return product and product["rate"] > 0 and (product, found[""])

    for counts in scripts.eventually("a rate", measured):
        assert counts["rate"] > 0
        assert counts["latency"]["count"] > 0
        assert counts["latency"]["p99"] >= counts["latency"]["p50"] > 0


def test_prometheus_reads_the_same(facade: Any, scripts: Any) -> None:
    for path in ("/product/1", "/product/2", "/cut"):
        ask(facade, "GET", path)
    wanted = (
        r'facade_unmatched_requests_total{method="GET",shape="/product/<id>",status="2xx"} 2\.0',
        r'facade_unmatched_failures_total{failure="legacy\.\w+",method="GET",shape="/cut"} 1\.0',
        r'facade_unmatched_latency_seconds_count{method="GET",shape="/product/<id>"} 2\.0',
        r'facade_unmatched_latency_seconds_sum{method="GET",shape="/product/<id>"} 0\.\d+',
    )

    def all_shown() -> bool:
        text = admin(facade, "/metrics").decode()
        return all(re.search(one, text) for one in wanted)

    scripts.eventually("every family is there", all_shown)


def test_a_scan_of_many_paths_does_not_hide_what_people_use(facade: Any, scripts: Any) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", facade.port, timeout=20)
    words = ["".join(chr(ord("a") + int(digit)) for digit in str(n)) for n in range(1000)]
    carts = [f"/cart/{number}" for number in range(4)]
    for path in (*carts, *(f"/scan/{word}" for word in words), *carts):  # all to one worker
        connection.request("GET", path)
        connection.getresponse().read()
    connection.close()

    def counted() -> Any:
        found = shapes(facade)
        return found[""]["requests"] >= 1008 and found

    found = scripts.eventually("all are counted", counted)
    assert found["GET /cart/<id>"]["requests"] == 8
    whole = found.pop("")
    assert len(found) <= 201
    assert sum(one["requests"] for one in found.values()) == whole["requests"]
