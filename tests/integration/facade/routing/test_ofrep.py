"""The routes as flags for others: the official SDK decides as the facade does, for 10,000 keys.

That the flag of each key is the facade's own decision is held by
tests/unit/facade/routes/test_flags.py.
"""

import os
import socket
import threading
from pathlib import Path
from typing import Any

import pytest
import requests
from openfeature import api
from openfeature.contrib.provider.ofrep import OFREPProvider
from openfeature.evaluation_context import EvaluationContext
from openfeature.exception import ErrorCode
from openfeature.flag_evaluation import Reason

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]

ROUTES = """
upstreams: {{legacy: {{url: "{legacy}"}}, fresh: {{url: "{fresh}"}}}}
routes:
  - {{name: goods, match: GET /goods, new: fresh, stage: canary, percent: {percent},
     key: [session]}}
  - {{name: beta, match: GET /beta, new: fresh, stage: shadow, compare: {{sample: 1%}},
     testers: {{"header:X-User": anna}}}}
"""
KEYS = 10_000
# Of them, those that the SDK asks for one by one; all of them with FIG_STUDY=full.
ASKED = range(0, KEYS, 1 if os.environ.get("FIG_STUDY") == "full" else 20)
AT_ONCE = 500  # requests that a client sends before it reads


def side(scripts: Any, name: bytes) -> Any:
    """A side that answers each request with its own letter."""

    def script(sock: socket.socket) -> None:
        while scripts.head(sock)[0]:
            sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + name)

    return script


def answered_by(port: int, keys: range) -> list[str]:
    """Which side answers each key at the facade."""
    found: list[str] = []
    with socket.create_connection(("127.0.0.1", port), timeout=60) as sock:
        file = sock.makefile("rb")
        for begin in range(0, len(keys), AT_ONCE):
            some = keys[begin : begin + AT_ONCE]
            asked = b"".join(
                b"GET /goods HTTP/1.1\r\nHost: a\r\nCookie: session=user-%d\r\n\r\n" % key
                for key in some
            )
            sending = threading.Thread(target=sock.sendall, args=(asked,))
            sending.start()
            for _ in some:
                for line in iter(file.readline, b"\r\n"):
                    assert line, "the facade closed the connection"
                found.append({b"n": "new", b"l": "legacy"}[file.read(1)])
            sending.join()
    return found


def test_the_sdk_decides_as_the_facade(start, serve, scripts) -> None:
    legacy, fresh = serve(side(scripts, b"l")), serve(side(scripts, b"n"))
    text = ROUTES.format(legacy=legacy.url, fresh=fresh.url, percent=37)
    facade = start(text)
    scripts.eventually("the admin port is there", facade.readiness)
    token = Path(facade.folder / "runtime/keys/admin.token").read_text().strip()
    admin = f"http://127.0.0.1:{facade.admin}"
    bearer = {"Authorization": f"Bearer {token}"}
    api.set_provider(OFREPProvider(admin, headers_factory=lambda: bearer), "facade")
    client = api.get_client("facade")

    decided = answered_by(facade.port, range(KEYS))
    said = [
        client.get_boolean_details("goods", False, EvaluationContext(f"user-{key}"))
        for key in ASKED
    ]
    assert {one.reason for one in said} == {Reason.SPLIT}
    assert [one.variant for one in said] == [decided[key] for key in ASKED]
    assert [one.value for one in said] == [decided[key] == "new" for key in ASKED]
    assert 3_500 < decided.count("new") < 3_900

    beta = client.get_boolean_details(
        "beta", False, EvaluationContext("a", {"header:X-User": "anna"})
    )
    assert (beta.value, beta.reason) == (True, Reason.TARGETING_MATCH)
    assert client.get_boolean_details("gone", True).error_code is ErrorCode.FLAG_NOT_FOUND
    missing = client.get_boolean_details("goods", True)
    assert (missing.value, missing.error_code) == (True, ErrorCode.TARGETING_KEY_MISSING)
    wrong = client.get_boolean_details("goods", True, EvaluationContext("a", {"host": [1]}))
    assert wrong.error_code is ErrorCode.INVALID_CONTEXT
    api.set_provider(OFREPProvider(admin), "nobody")
    nobody = api.get_client("nobody").get_boolean_details("beta", True)
    assert (nobody.value, nobody.error_message) == (True, "unauthorized")

    flags = f"{admin}/ofrep/v1/evaluate/flags"
    asked = {"context": {"targetingKey": "user-1"}}
    every = requests.post(flags, json=asked, headers=bearer, timeout=20)
    assert [one["key"] for one in every.json()["flags"]] == ["goods", "beta"]
    known = {**bearer, "If-None-Match": every.headers["etag"]}
    assert requests.post(flags, json=asked, headers=known, timeout=20).status_code == 304

    facade.save(text.replace("percent: 37", "percent: 38"))
    scripts.eventually(
        "what the file says now is said",
        lambda: requests.post(flags, json=asked, headers=known, timeout=20).status_code == 200,
    )
    assert (
        said[0].flag_metadata["version"]
        != client.get_boolean_details("goods", False, EvaluationContext("user-0")).flag_metadata[
            "version"
        ]
    )
