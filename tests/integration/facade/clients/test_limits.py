"""Limits with several real workers: the bound of the policy holds over all of them."""

import os
import re
import signal
import socket
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from chassis.cli.calls import call, call_object
from facade.commands.cli import main

pytestmark = pytest.mark.integration

ROUTES = """
upstreams: {{legacy: {{url: "{legacy}"}}}}
limits:
  hourly: {{rate: 1/h, burst: 20, key: ["header:X-Key"], mode: {mode}}}
  address: {{rate: 1000000/s, key: [client]}}
routes:
  - {{name: goods, match: GET /goods, stage: legacy, limits: [hourly, address]}}
"""
KEYS, EACH, CONNECTIONS = 100, 100, 20
BURST = 20


def limited(facade: Any, name: str = "hourly") -> dict[str, Any]:
    found = call_object(f"http://127.0.0.1:{facade.admin}/api/status")
    return next(one for one in found["limits"] if one["name"] == name)


def ask_all(port: int, keys: list[int]) -> Counter[tuple[int, int]]:
    """Each key so often, mixed, on one connection; (key, status) of all of them."""
    seen: Counter[tuple[int, int]] = Counter()
    with socket.create_connection(("127.0.0.1", port), timeout=60) as sock:
        file = sock.makefile("rb")
        for key in keys:
            sock.sendall(b"GET /goods HTTP/1.1\r\nHost: a\r\nX-Key: k%d\r\n\r\n" % key)
            head = b"".join(iter(file.readline, b"\r\n"))
            found = re.search(rb"content-length: (\d+)", head.lower())
            assert found is not None, head
            file.read(int(found[1]))
            seen[key, int(head.split(b" ", 2)[1])] += 1
    return seen


def ask(facade: Any) -> Counter[tuple[int, int]]:
    """EACH requests of each of KEYS keys, over many connections at once."""
    seen: list[Counter[tuple[int, int]]] = []

    def run() -> None:
        keys = [key for _ in range(EACH // CONNECTIONS) for key in range(KEYS)]
        seen.append(ask_all(facade.port, keys))

    threads = [threading.Thread(target=run) for _ in range(CONNECTIONS)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(seen) == CONNECTIONS
    return sum(seen, Counter())


def explained(facade: Any, *words: str) -> str:
    command = ["explain", "GET", "/goods", "--routes", str(facade.routes), *words]
    return CliRunner().invoke(main, command, catch_exceptions=False).output


def test_ten_thousand_requests_of_a_hundred_keys_at_two_workers(start, serve, scripts) -> None:
    side = serve(scripts.polite)
    facade = start(ROUTES.format(legacy=side.url, mode="shadow"), workers=2)
    scripts.eventually("the admin port is there", facade.readiness)
    assert set(ask_all(facade.port, [999] * 25)) == {(999, 200)}
    scripts.eventually("it is counted", lambda: limited(facade)["would_refuse"] == 5)
    facade.save(ROUTES.format(legacy=side.url, mode="enforce"))
    scripts.eventually("the limit is enforced", lambda: limited(facade)["mode"] == "enforce")
    scripts.eventually(
        "by both workers", lambda: {status for _ in range(16) for _, status in
                                    ask_all(facade.port, [999])} == {429}
    )  # fmt: skip
    before = limited(facade)

    began = time.monotonic()
    seen = ask(facade)
    hours = (time.monotonic() - began) / 3600
    assert sum(seen.values()) == KEYS * EACH
    assert {status for _, status in seen} == {200, 429}
    accepted = [seen[key, 200] for key in range(KEYS)]
    wanted = before["passed"] + sum(accepted)
    scripts.eventually("all are counted", lambda: limited(facade)["passed"] == wanted)
    wanted = KEYS * EACH - sum(accepted)
    scripts.eventually("refusals too", lambda: limited(facade)["refused"] >= wanted)
    counts = limited(facade)
    # the stated bound: burst + t / interval, and one for each request judged without the lock
    assert sum(accepted) <= KEYS * (BURST + hours) + counts["unlocked"]
    assert min(accepted) >= BURST
    assert counts["forgotten"] == 0
    assert len(counts["who"]) == 10 and counts["who"][0]["key"].startswith("header:X-Key ")
    assert limited(facade, "address")["passed"] >= sum(accepted)

    metrics = call(f"http://127.0.0.1:{facade.admin}/metrics").decode()
    line = 'facade_limit_requests_total{limit="hourly",outcome="refused",route="goods"}'
    assert f"{line} {float(counts['refused'])}" in metrics
    assert "facade_failures_total{" not in metrics, "a refusal is no failure of a side"

    text = explained(facade, "--header", "X-Key: k7")
    assert re.search(r"limit hourly 1/h, burst 20, enforce; key header:X-Key [0-9a-f]{12}: "
                     r"refused with 429, for 3\d{3}\.\d s more", text), text  # fmt: skip
    assert "limit hourly 1/h, burst 20, enforce; key header:X-Key" in explained(
        facade, "--header", "X-Key: new"
    )
    asked = f"http://127.0.0.1:{facade.admin}/api/explain"
    (stand, _) = call_object(asked, {"path": "/goods", "header": "X-Key: k8"})["limits"]
    assert (stand["left"], stand["rate"]) == (0, "1/h")

    for worker in facade.workers():
        os.kill(worker, signal.SIGKILL)
    scripts.eventually("others take their place", lambda: _answers(facade))
    assert set(ask_all(facade.port, [*range(KEYS)])) == {(key, 429) for key in range(KEYS)}

    facade.stop()
    facade.run()
    assert set(ask_all(facade.port, [*range(KEYS)])) == {(key, 200) for key in range(KEYS)}, (
        "a facade that starts begins anew"
    )
    assert "header:X-Key: let through" not in explained(facade)
    folder = Path(facade.folder) / "runtime" / "memory"
    assert (folder / "limits").stat().st_mode & 0o777 == 0o600


def _answers(facade: Any) -> bool:
    try:
        ask_all(facade.port, [999])
    except (OSError, AssertionError):
        return False
    return True
