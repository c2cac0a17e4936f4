"""A worker that knows an issuer of tokens and a file of API keys."""

from pathlib import Path
from typing import Any

from facade.runtime.keyring import ensure, in_folder
from tests.rigs.facade.workers.introducing import LEGACY, NEW, Shop, get, ok
from tests.rigs.machines import AUDIENCE, ISSUER, Issuer, add_key

ROUTES = """
facade: {{session_cookie: session, identity: {{ask: /api/me}}}}
upstreams:
  legacy: {{url: "http://legacy.test:1000"}}
  fresh:  {{url: "http://new.test:2000"}}
machines:
  keys: {{file: "{keys}"}}
  issuers:
    partners: {{issuer: "{issuer}", audience: [{audience}, other], jwks: "{jwks}"}}
limits:
  each: {{rate: 1/h, burst: 2, key: [api_key, client], mode: enforce}}
routes:
  - {{name: stock, match: GET /stock, new: fresh, stage: {stage}, allow: {{mode: {mode},
     scopes: "stock:read"}}, compare: {{sample: {sample}}}}}
  - {{name: books, match: GET /books, stage: legacy, allow: {{keys: [bookkeeper], mode: {mode}}}}}
  - {{name: feed, match: GET /feed, stage: legacy, allow: {{issuers: partners, mode: {mode}}}}}
  - {{name: mine, match: GET /mine, new: fresh, stage: {rest}, needs: [identity],
     allow: {{mode: {mode}}}}}
  - {{name: put, match: POST /put, new: fresh, stage: {rest}, allow: {{mode: {mode}}}}}
  - {{name: counted, match: GET /counted, stage: legacy, limits: each}}
  - {{name: home, match: GET /home, allow: {{mode: {mode}}},
     compose: {{stock: GET /stock, books: {{get: /books, optional: true}}}}}}
  - {{name: free, match: GET /free, new: fresh, stage: {rest}}}
"""


class Rig(Shop):
    """A worker that knows an issuer and a file of keys."""

    def __init__(self, make_rig: Any, folder: Path) -> None:
        self.folder, self.file = folder, folder / "keys.json"
        self.issuer = Issuer(folder / "jwks.json")
        self.file.write_text('{"keys": {}}')
        files = in_folder(folder / "ours")
        ensure(files)
        super().__init__(make_rig(self.text(), files, folder / "memory"), files)

    def text(self, **how: str) -> str:
        usual = {"mode": "enforce", "stage": "legacy", "sample": "0%", "issuer": ISSUER}
        places = {"keys": str(self.file), "jwks": str(self.issuer.file), "audience": AUDIENCE}
        values = {**usual, **places, **how}
        rest = "legacy" if values["stage"] == "shadow" else values["stage"]
        return ROUTES.format(**values, rest=rest)

    def use(self, **how: str) -> None:
        self.rig.use(self.text(**how))

    def key(self, owner: str, *scopes: str, ends: float | None = None) -> str:
        text = add_key(self.file, owner, *scopes, ends=ends)
        self.look()
        return text

    def look(self) -> None:
        """A turn of the worker's clock."""
        for _ in range(2):
            self.rig.gateway.machines.poll()
            self.rig.gateway.identity.tick(0.0)

    def ask(self, path: str, *lines: str, cookie: str | None = None, method: str = "GET") -> bytes:
        """The answer; a side that is asked says 200."""
        request = get(path, *lines, cookie=cookie).replace(b"GET", method.encode(), 1)
        return self.send(request)

    def send(self, request: bytes) -> bytes:
        client = self.rig.client()
        client.send(request)
        self.asked = [*self.at(LEGACY), *self.at(NEW)]
        for peer, _ in self.asked:
            peer.send(ok())
        return bytes(client.read())

    def counted(self, route: str = "stock") -> dict[str, Any]:
        found = self.rig.counts(route)["machines"]
        return {name: number for name, number in found.items() if number}
