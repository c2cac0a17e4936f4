"""The terminal of a real facade says what happens, once for all its workers."""

import json
import os
import re
import socket
import threading
import urllib.request
from typing import Any

import pytest

from chassis.compiled import build_of
from chassis.process.tokens import authorization
from facade.proxy import exchange

ROUTES = """
upstreams:
  legacy: {{url: "{legacy}"}}
  fresh: {{url: "{fresh}", breaker: {{minimum_calls: 4, open_for: 2s, ramp: 0.5s, probes: 1}}}}
routes:
  - {{name: invoice, match: "GET /invoice/{{n}}", new: fresh, stage: {stage}}}
"""


def asked(facade: Any, number: int) -> None:
    """So many requests at once, on connections of their own: both workers get some."""
    threads = [threading.Thread(target=facade.get, args=("/invoice/1",)) for _ in range(number)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()


def lines(facade: Any, words: str) -> list[str]:
    return [line for line in facade.said().splitlines() if words in line]


def builds(facade: Any) -> list[str | None]:
    """Which build of the data plane each worker runs; empty before the admin port answers."""
    url = f"http://127.0.0.1:{facade.admin}/api/status"
    asked = urllib.request.Request(url, headers=authorization(url))
    try:
        with urllib.request.urlopen(asked, timeout=20) as said:
            return [worker["build"] for worker in json.load(said)["workers"]]
    except OSError:
        return []


def test_what_began_what_ended_and_what_a_reload_changed(
    start: Any, serve: Any, scripts: Any
) -> None:
    def brief(sock: socket.socket) -> None:
        """One answer a connection: none outlives the server."""
        scripts.head(sock)
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    legacy, fresh = serve(scripts.polite), serve(brief)
    urls = {"legacy": legacy.url, "fresh": fresh.url}
    facade = start(ROUTES.format(stage="canary, percent: 50", **urls), 2)
    build = build_of(exchange.__name__)
    begun = f"with 2 workers, the data plane's build is {build}"
    scripts.eventually("it says what began", lambda: lines(facade, begun))
    scripts.eventually("both tell their build", lambda: builds(facade) == [build, build])
    facade.save(ROUTES.format(stage="new", **urls))
    scripts.eventually("it says so", lambda: lines(facade, "invoice: canary 50 % → new"))
    scripts.eventually("both are by it", lambda: asked(facade, 4) or fresh.connections > 2)
    fresh.close()

    def said(words: str) -> list[str]:
        asked(facade, 8)
        return lines(facade, words)

    scripts.eventually("the fallbacks begin", lambda: said("invoice: legacy answers in place of"))
    scripts.eventually("it is down", lambda: said(f"upstream fresh, {fresh.url}, is down"))
    (line,) = scripts.eventually(
        "the breaker opens", lambda: said("the breaker of fresh for reads opened")
    )
    assert re.match(r"\d\d:\d\d:\d\d WARNING control ", line)
    assert re.search(r" workers: (\d+ of \d+ calls failed|a probe failed)", line)
    again = serve(brief, fresh.port)
    scripts.eventually("it is back", lambda: said(f"upstream fresh, {again.url}, is back after"))
    scripts.eventually("it closes", lambda: said("the breaker of fresh for reads is closed again"))
    scripts.eventually("they end", lambda: lines(facade, "invoice: fallbacks ended after"), 40)
    assert len(lines(facade, "invoice: legacy answers in place of")) == 1


def test_as_json_with_the_name_of_the_event(
    start: Any, serve: Any, scripts: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, "FIG_LOG", "json")
    legacy, fresh = serve(scripts.polite), serve(scripts.polite)
    urls = {"legacy": legacy.url, "fresh": fresh.url}
    facade = start(ROUTES.format(stage="canary, percent: 50", **urls))
    facade.save(ROUTES.format(stage="new", **urls))
    line = json.loads(
        scripts.eventually("it says so", lambda: lines(facade, '"event":"reloaded"'))[0]
    )
    assert line["change"] == "invoice: canary 50 % → new"
    assert line["time"].endswith("+00:00")


def test_a_request_that_failed_is_found_by_the_id_its_client_was_given(
    start: Any, serve: Any, scripts: Any
) -> None:
    gone = serve(scripts.polite)
    gone.close()
    facade = start(f'upstreams: {{legacy: {{url: "{gone.url}"}}}}\nroutes: []\n')
    status, headers, body = facade.get("/cart?token=secret")
    request_id = headers["Fig-Request-Id"]
    assert (status, json.loads(body)["request_id"]) == (502, request_id)
    (line,) = scripts.eventually("it is said", lambda: lines(facade, request_id))
    assert "502 for GET /cart?token=… (" in line
    assert "legacy refused the connection." in line
    url = f"http://127.0.0.1:{facade.admin}/api/failures?request_id={request_id}"
    asked = urllib.request.Request(url, headers=authorization(url))
    with urllib.request.urlopen(asked, timeout=20) as answer:
        (found,) = json.load(answer)
    assert (found["status"], found["phase"], found["side"]) == (502, "connect", "legacy")
    scripts.eventually("legacy is down", lambda: lines(facade, f"upstream legacy, {gone.url}, is"))
