"""Legacy against itself with real processes: nothing differs, and noise is learned and handed on.

`FIG_CALIBRATE_PAIRS=10000` (or `make study`) counts as many pairs as a calibration should.
"""

import json
import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

# Nothing is measured here, and a busy machine may take its time.
pytestmark = pytest.mark.timeout(1200)

FULL = os.environ.get("FIG_STUDY") == "full"
PAIRS = int(os.environ.get("FIG_CALIBRATE_PAIRS", "10000" if FULL else "300"))
ROUTES = """\
upstreams:
  legacy: {{url: "http://127.0.0.1:{port}"}}
  catalog: {{service: catalog}}
routes:
  - {{name: product, match: "GET /api/products/{{sku}}", new: catalog, stage: legacy,
     key: [session, client], compare: {{sample: 100%}}}}
  - {{name: home, match: GET /, stage: legacy}}
"""
# Several people at once; every other request is signed in. They leave when the facade is gone, also
# when nobody is left to send them away.
TRAFFIC = """\
import http.client, sys, threading, time
from urllib.parse import urlsplit
place = urlsplit(sys.argv[1])
def ask(person):
    turn = 0
    while True:
        connection = http.client.HTTPConnection(place.hostname, place.port, timeout=10)
        try:
            for _ in range(200):
                turn += 1
                headers = {"Cookie": f"session=person-{person}"} if turn % 2 else {}
                connection.request("GET", f"/api/products/{turn % 40}", headers=headers)
                connection.getresponse().read()
                time.sleep(0.03)
        except ConnectionRefusedError:
            return
        except OSError:
            pass
        connection.close()
for person in range(4):
    threading.Thread(target=ask, args=(person,)).start()
"""


class Monolith(ThreadingHTTPServer):
    """Its answers hold a token and a time of day; `copies_differ` makes it treat copies apart."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.copies_differ = False

        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Monolith

    def do_GET(self) -> None:
        sku = self.path.rpartition("/")[2]
        wrong = self.server.copies_differ and "Fig-Shadow" in self.headers
        body = json.dumps(
            {
                "sku": sku,
                "price": "9.99" if wrong else f"{sku}.50",
                "who": "cookie" in {name.lower() for name in self.headers},
                "csrf_field": secrets.token_hex(16),
                "served": time.strftime("%Y-%m-%d %H:%M:%S"),
            }
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def monolith() -> Iterator[Monolith]:
    server = Monolith()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def calibrate(tmp_path: Path, monolith: Monolith) -> Callable[..., tuple[int, dict[str, Any]]]:
    """Run the command; gives its exit code and what it printed."""

    def run(pairs: int, *more: str) -> tuple[int, dict[str, Any]]:
        (tmp_path / "routes.yaml").write_text(ROUTES.format(port=monolith.server_port))
        (tmp_path / "traffic.py").write_text(TRAFFIC)
        done = subprocess.run(
            [sys.executable, "-m", "facade", "calibrate", "--routes", str(tmp_path / "routes.yaml"),
             "--pairs", str(pairs), "--within", "600", "--json", *more,
             "--", sys.executable, str(tmp_path / "traffic.py"), "{url}"],
            capture_output=True, text=True, timeout=900, check=False,
        )  # fmt: skip
        return done.returncode, json.loads(done.stdout)

    return run


def test_legacy_does_not_differ_from_itself_and_its_noise_is_handed_on(
    calibrate: Any, control: Any
) -> None:
    code, found = calibrate(PAIRS, "--hand-to", f"http://127.0.0.1:{control.port}")
    assert (code, found["ok"]) == (0, True), found["verdict"]
    assert found["mismatched"] == 0
    assert found["compared"] >= PAIRS
    (route,) = [one for one in found["routes"] if one["compared"]]
    assert "$.csrf_field" in {place["path"] for place in route["noise"]}
    assert {kind["name"].split(", ")[2] for kind in route["classes"]} == {"anonymous", "signed in"}
    handed = control.route("product")
    assert "$.csrf_field" in {place["path"] for place in handed["noise"]}
    assert handed["noise_asked"] >= 10
    assert handed["compared"] == 0, "evidence is not handed on, only what noise there is"


def test_a_door_that_spoils_copies_is_noticed(calibrate: Any, monolith: Monolith) -> None:
    monolith.copies_differ = True
    code, found = calibrate(50, "--learn", "8")
    assert (code, found["ok"]) == (1, False), found["verdict"]
