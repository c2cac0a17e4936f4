"""Certificates of the facade that are renewed, bad or expired, on real sockets."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from facade.routes.config.addressfile import Certificate
from tests.integration.facade.clients.tls.conftest import routes
from tests.integration.facade.conftest import Facade, eventually
from tests.rigs.facade.certificates import Issuer
from tests.rigs.processes.warm import WARM

pytestmark = pytest.mark.integration


def test_a_renewed_certificate_counts_without_a_restart(secure, issuer: Issuer) -> None:
    facade, client = secure(issuer.make("a", "shop.example"), workers=2)
    before = client.serial()
    with client.connect() as kept:
        issuer.make("a", "shop.example")
        # Connections alone do not show it: one worker may take all of them.
        again = "the certificates were read again"
        eventually("both workers have it", lambda: facade.said().count(again) >= 2)
        assert client.serial() != before
        kept.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert kept.recv(65536).startswith(b"HTTP/1.1 200")
    renewed = client.serial()
    certificate = facade.folder.parent / "a.pem"
    for bad, why in ((b"", "expected a certificate in PEM"), (None, "cannot read it")):
        certificate.unlink() if bad is None else certificate.write_bytes(bad)
        eventually("it is said", lambda why=why: why in facade.said())
        assert client.serial() == renewed
    key = certificate.with_suffix(".key").read_bytes()
    issuer.make("b", "shop.example")
    certificate.write_bytes((facade.folder.parent / "b.pem").read_bytes())
    eventually("it is said", lambda: "it is not the key of" in facade.said())
    assert client.serial() == renewed
    issuer.make("a", "shop.example", days=-1)
    eventually("it is said", lambda: "it expired at" in facade.said())
    assert client.serial() == renewed
    assert key != certificate.with_suffix(".key").read_bytes()
    issuer.make("a", "shop.example")
    eventually("the next one counts", lambda: client.serial() != renewed)


BAD = {
    "missing": ("certificate", "cannot read it: No such file or directory"),
    "no certificate": ("certificate", "expected a certificate in PEM"),
    "expired": ("certificate", "it expired at"),
    "no key": ("key", "expected a private key in PEM"),
    "encrypted": ("key", "the key is encrypted"),
    "another key": ("key", "it is not the key of"),
    "missing key": ("key", "cannot read it: No such file or directory"),
}


def bad(issuer: Issuer, kind: str) -> Certificate:
    good = issuer.make("good", "shop.example")
    path = Path(good.certificate)
    match kind:
        case "missing":
            return Certificate(str(path.with_name("away.pem")), good.key)
        case "no certificate":
            return Certificate(good.key, good.key)
        case "expired":
            return issuer.make("old", "shop.example", days=-1)
        case "no key":
            return Certificate(good.certificate, good.certificate)
        case "encrypted":
            return issuer.make("locked", "shop.example", password=b"word")
        case "another key":
            return Certificate(good.certificate, issuer.make("other", "shop.example").key)
    return Certificate(good.certificate, str(path.with_name("away.key")))


@pytest.mark.parametrize("kind", BAD)
def test_what_cannot_be_served_is_said_with_its_place(
    issuer: Issuer, tmp_path: Path, kind: str
) -> None:
    where, why = BAD[kind]
    path = tmp_path / "routes.yaml"
    path.write_text(routes("http://127.0.0.1:9", bad(issuer, kind)))
    line = path.read_text().splitlines()[3]
    column = line.index('"', line.index(f"{where}: ")) + 1
    for words in (["check", str(path)], ["run", "--routes", str(path), "--listen", "127.0.0.1:0"]):
        said = tmp_path / words[0]
        with said.open("w") as output:
            done = WARM.start("facade", *words, env=dict(os.environ), stderr=output.fileno())
            assert done.wait(60) == 2, said.read_text()
        assert f"routes.yaml:4:{column}: facade.tls.certificates.{where}: " in said.read_text()
        assert why in said.read_text()
        assert "Traceback" not in said.read_text()


def verdict(facade: Facade) -> Any:
    return json.loads((facade.folder / "runtime" / "reload.json").read_text())


def test_a_reload_with_a_bad_certificate_is_refused_and_a_good_one_counts(
    secure, issuer: Issuer
) -> None:
    facade, client = secure(issuer.make("a", "shop.example"))
    before, text = client.serial(), facade.routes.read_text()
    facade.save(text.replace("a.key", "away.key"))
    eventually("it is refused", lambda: not verdict(facade)["ok"])
    assert "away.key: cannot read it" in verdict(facade)["errors"][0]
    assert client.serial() == before
    start = text.index("  tls:")
    facade.save(text[:start] + text[text.index("  timeouts:") :])
    eventually("it is refused", lambda: "restart it" in verdict(facade)["errors"][0])
    assert client.serial() == before
    issuer.make("b", "shop.example")
    facade.save(text.replace("/a.", "/b."))
    eventually("it counts", lambda: client.serial() != before)
    eventually("it is said", lambda: verdict(facade)["ok"])


def test_an_edit_does_not_wait_for_a_renewal(secure, issuer: Issuer) -> None:
    facade, client = secure(issuer.make("a", "shop.example"))
    issuer.make("a", "shop.example", days=-1)
    version = verdict(facade)["version"]
    facade.save(facade.routes.read_text() + "domains: {}\n")
    eventually("it counts", lambda: verdict(facade)["version"] != version)
    assert verdict(facade)["ok"]
    assert client.get().startswith(b"HTTP/1.1 200")


def test_switching_https_on_takes_a_start(plain: Facade, issuer: Issuer) -> None:
    text = routes("http://127.0.0.1:9", issuer.make("a", "shop.example"))
    plain.save(text)
    eventually("it is refused", lambda: not verdict(plain)["ok"])
    assert "clients are switched on https by a start alone" in verdict(plain)["errors"][0]
    assert plain.get("/")[0] == 200
