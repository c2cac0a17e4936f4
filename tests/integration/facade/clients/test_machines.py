"""Machines with real workers: from shadow to refusal, keys of an issuer that change, and another
key of our own under load."""

import asyncio
import json
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from chassis.cli.calls import call, call_object
from chassis.web.identity import KeysAway, NotIdentified, Verifier
from facade.commands.cli import main
from tests.rigs.machines import AUDIENCE, ISSUER, Issuer

pytestmark = pytest.mark.integration

ROUTES = """
upstreams: {{legacy: {{url: "{legacy}"}}, fresh: {{url: "{fresh}"}}}}
machines:
  keys: {{file: keys.json}}
  issuers: {{partners: {{issuer: "{issuer}", audience: {audience}, jwks: "{jwks}", refresh: 1s}}}}
routes:
  - {{name: stock, match: GET /stock, stage: legacy, allow: {{scopes: "stock:read", mode: {mode}}}}}
  - {{name: new, match: GET /new, new: fresh, stage: new, fallback: false,
     allow: {{mode: enforce}}}}
"""
PLACES = {"issuer": ISSUER, "audience": AUDIENCE}


def keys(facade: Any, *words: str) -> str:
    command = ["keys", *words, "--routes", str(facade.routes)]
    return CliRunner().invoke(main, command, catch_exceptions=False).output.strip()


def allowed(facade: Any) -> dict[str, Any]:
    found = call_object(f"http://127.0.0.1:{facade.admin}/api/status")["machines"]
    return {**next(one for one in found["routes"] if one["route"] == "stock"), **found}


def statuses(facade: Any, many: int = 12, **headers: str) -> set[int]:
    """Over new connections, so that both workers are asked."""
    return {facade.get("/stock", **headers)[0] for _ in range(many)}


@pytest.fixture
def guarded(start, serve, scripts, tmp_path: Path) -> tuple[Any, Issuer, dict[str, Any]]:
    """The facade in shadow before an issuer whose keys may change, and the places of its file."""
    issuer = Issuer(tmp_path / "jwks.json")

    def jwks(sock: Any) -> None:
        while scripts.head(sock)[0]:
            body = issuer.file.read_bytes()
            sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))

    legacy = serve(scripts.polite).url
    address = f"{serve(jwks).url}/jwks"
    places = {**PLACES, "legacy": legacy, "fresh": legacy, "jwks": address}
    facade = start(ROUTES.format(**places, mode="shadow"), workers=2)
    scripts.eventually("the admin port is there", facade.readiness)
    return facade, issuer, places


def test_from_shadow_to_refusal_and_through_a_rotation_of_the_issuer(guarded, scripts) -> None:
    facade, issuer, places = guarded
    key = keys(facade, "add", "bookkeeper", "--scope", "stock:read")
    bearer = {"Authorization": f"Bearer {issuer.token()}"}

    scripts.eventually("both sources are known", lambda: [
        one["keys"] for one in allowed(facade)["sources"]] == [1, 2])  # fmt: skip
    assert statuses(facade, 3) == statuses(facade, 3, **bearer) == {200}
    assert statuses(facade, 3, **{"X-API-Key": f"{key}x"}) == {200}
    scripts.eventually("all are counted", lambda: (
        allowed(facade)["passed"], allowed(facade)["would_refuse"]) == (3, 6))  # fmt: skip
    counts = allowed(facade)
    assert (counts["refused"], counts["mode"]) == (0, "shadow")
    assert counts["reasons"] == {"no-credential": 3, "unknown": 3}
    assert counts["who"][0]["times"] == 3 and "127.0.0.1" in str(counts["who"])

    facade.save(ROUTES.format(**places, mode="enforce"))
    scripts.eventually("it is enforced by both", lambda: statuses(facade) == {401})
    assert statuses(facade, **bearer) == statuses(facade, **{"X-API-Key": key}) == {200}
    status, headers, _ = facade.get("/stock", Authorization=f"Bearer {issuer.token(scope='')}")
    assert status == 403 and 'scope="stock:read"' in headers["WWW-Authenticate"]
    said = CliRunner().invoke(main, ["explain", "GET", "/stock", "--routes", str(facade.routes),
        "--header", f"X-API-Key: {key}"], catch_exceptions=False).output  # fmt: skip
    assert "any API key or token that is known; with the scopes stock:read (enforce)" in said
    asked = f"http://127.0.0.1:{facade.admin}/api/explain"
    wrong = {"path": "/stock", "header": f"X-API-Key: {key[:-1]}"}
    scripts.eventually("the control process has read the file, too", lambda: [
        call_object(asked, wrong)["allow"][one] for one in ("status", "reason")]
        == [401, "unknown"])  # fmt: skip

    keys(facade, "end", key.split("_")[1])
    scripts.eventually("its end is known", lambda: statuses(facade, **{"X-API-Key": key}) == {401})

    old, issuer.rsa = issuer.rsa, type(issuer.rsa).generate_key(2048, auto_kid=True)
    issuer.keys = [issuer.rsa, old]
    issuer.write()
    fresh = {"Authorization": f"Bearer {issuer.token()}"}
    scripts.eventually("the new key is known", lambda: statuses(facade, **fresh) == {200})
    assert statuses(facade, **bearer) == {200}, "and the old one, while it is published"
    issuer.keys = [issuer.rsa]
    issuer.write()
    scripts.eventually("it is withdrawn", lambda: statuses(facade, **bearer) == {401})
    metrics = call(f"http://127.0.0.1:{facade.admin}/metrics").decode()
    assert 'facade_machine_requests_total{outcome="refused",route="stock"}' in metrics
    assert "facade_failures_total{" not in metrics, "a refusal is no failure of a side"

    facade.stop()
    facade.run()
    scripts.eventually("what was fetched is kept", lambda: statuses(facade, **fresh) == {200})


class Service:
    """A new side that checks our token by the file of public keys, as a service does."""

    def __init__(self, public: str, scripts: Any) -> None:
        self.seen: Counter[str] = Counter()  # by the key that signed, or what was wrong
        self._scripts = scripts
        self._verifier = Verifier(public)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def script(self, sock: Any) -> None:
        while head := self._scripts.head(sock)[0]:
            lines = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:])
            asks = head.startswith(b"GET /new ")  # and is not the control process
            status = self._checked(lines[b"Fig-Machine"].decode()) if asks else 404
            sock.sendall(b"HTTP/1.1 %d X\r\nContent-Length: 0\r\n\r\n" % status)

    def _checked(self, token: str) -> int:
        asked = asyncio.run_coroutine_threadsafe(self._verifier.machine(token), self._loop)
        try:
            machine = asked.result(timeout=30)
        except (NotIdentified, KeysAway) as error:
            self.seen[str(error)] += 1
            return 401
        assert machine is not None and machine.name == "api_key:bookkeeper"
        self.seen[_kid(token)] += 1
        return 200

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


def _kid(token: str) -> str:
    from base64 import urlsafe_b64decode

    head = token.partition(".")[0]
    return str(json.loads(urlsafe_b64decode(head + "=" * (-len(head) % 4)))["kid"])


@pytest.fixture
def service(tmp_path: Path, scripts: Any) -> Iterator[Service]:
    made = Service(str(tmp_path / "public.json"), scripts)
    yield made
    made.close()


def test_another_key_of_ours_under_load_fails_no_request(
    start, serve, scripts, service: Service, tmp_path: Path
) -> None:
    public, legacy = tmp_path / "public.json", serve(scripts.polite).url
    places = {**PLACES, "legacy": legacy, "fresh": serve(service.script).url}
    facade = start(ROUTES.format(**places, jwks="none.json", mode="shadow"), workers=2)
    signing = facade.folder / "runtime" / "keys" / "identity.json"
    url = f"http://127.0.0.1:{facade.admin}/.well-known/jwks.json"
    scripts.eventually("the admin port is there", facade.readiness)
    public.write_bytes(call(url))
    key = keys(facade, "add", "bookkeeper")
    headers = {"X-API-Key": key}
    scripts.eventually("the key is known", lambda: {
        facade.get("/new", **headers)[0] for _ in range(8)} == {200})  # fmt: skip
    (old,) = service.seen
    answers: Counter[int] = Counter()
    stop = threading.Event()

    def load() -> None:
        while not stop.is_set():
            answers[facade.get("/new", **headers)[0]] += 1

    clients = [threading.Thread(target=load) for _ in range(4)]
    for one in clients:
        one.start()
    try:
        rotated = keys(facade, "rotate", "--key", str(signing), "--public", str(public),
                    "--settle", "3", "--retain", "3", "--json")  # fmt: skip
        new = json.loads(rotated)["kid"]
        until = service.seen[new] + 50
        scripts.eventually("it goes on", lambda: service.seen[new] >= until)
    finally:
        stop.set()
        for one in clients:
            one.join()
    assert set(answers) == {200}, (answers, service.seen)
    assert set(service.seen) == {old, new}
    assert [one["kid"] for one in json.loads(call(url))["keys"]] == [new]
    assert _kid_of_file(signing) == new


def _kid_of_file(path: Path) -> str:
    return str(json.loads(path.read_bytes())["kid"])
