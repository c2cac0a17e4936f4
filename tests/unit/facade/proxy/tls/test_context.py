"""The certificate of a handshake: by name, renewed, and kept while the files are not good."""

import logging
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from facade.proxy.tls.certificates import BadCertificate
from facade.proxy.tls.context import Secured
from facade.routes.config.addressfile import Certificate, ListenerTls
from tests.rigs.facade.certificates import Issuer


def served(*certificates: Certificate, **options: Any) -> Secured:
    found = Secured()
    found.use(ListenerTls(certificates, **options))
    return found


def serial(shake: Any, one: Secured, name: str | None = "a.example") -> str:
    return str(shake(one.context, name).getpeercert()["serialNumber"])


def test_by_name(issuer: Issuer, shake) -> None:
    one = served(issuer.make("a", "a.example"), issuer.make("b", "B.example", "*.c.example"))
    first, second = serial(shake, one, "a.example"), serial(shake, one, "b.example")
    assert first != second
    found = {name: serial(shake, one, name) for name in ("B.EXAMPLE", "x.c.example", "b.example.")}
    assert set(found.values()) == {second}
    found = {name: serial(shake, one, name) for name in ("c.example", "x.x.c.example", "q", None)}
    assert set(found.values()) == {first}


@pytest.mark.parametrize(("version", "spoken"), [("1.2", "TLSv1.2"), ("1.3", None)])
def test_version_and_protocol(issuer: Issuer, shake, version: str, spoken: str | None) -> None:
    one = served(issuer.make("a", "a.example"), min_version=version)
    assert shake(one.context, "a.example").selected_alpn_protocol() == "http/1.1"
    old = {"maximum_version": ssl.TLSVersion.TLSv1_2}
    if spoken is None:
        with pytest.raises(ssl.SSLError):
            shake(one.context, "a.example", **old)
    else:
        assert shake(one.context, "a.example", **old).version() == spoken


def test_a_renewal_counts_at_the_next_look(issuer: Issuer, shake) -> None:
    one = served(issuer.make("a", "a.example"))
    one.tick(1.0)
    before = serial(shake, one)
    issuer.make("a", "a.example")
    one.tick(1.5)
    assert serial(shake, one) == before
    one.tick(2.5)
    assert serial(shake, one) != before


@pytest.mark.parametrize("kind", ["gone", "broken", "half", "expired"])
def test_what_was_good_stays(issuer: Issuer, shake, caplog, kind: str) -> None:
    config = issuer.make("a", "a.example")
    one = served(config)
    before, path = serial(shake, one), Path(config.certificate)
    match kind:
        case "gone":
            path.unlink()
        case "broken":
            path.write_bytes(b"x")
        case "half":
            path.write_bytes(Path(issuer.make("b", "a.example").certificate).read_bytes())
        case "expired":
            issuer.make("a", "a.example", days=-1)
    with caplog.at_level(logging.ERROR, "facade.proxy.tls"):
        for moment in (10.0, 20.0, 30.0):
            one.tick(moment)
    assert serial(shake, one) == before
    assert len(caplog.records) == 1, "said once"
    assert "the certificates of before stay in use" in caplog.text
    issuer.make("a", "a.example")
    one.tick(40.0)
    assert serial(shake, one) != before


def test_a_table_with_others(issuer: Issuer, shake, caplog) -> None:
    one = served(issuer.make("a", "a.example"))
    before = serial(shake, one)
    one.use(ListenerTls((Certificate("/nowhere", "/nowhere"),)))
    assert serial(shake, one) == before
    assert "/nowhere: cannot read it" in caplog.text
    one.use(ListenerTls((issuer.make("b", "a.example"),)))
    assert serial(shake, one) != before


def test_a_worker_that_begins_late(issuer: Issuer, shake, caplog) -> None:
    """It serves an expired certificate, and says so; without any it cannot begin."""
    old = issuer.make("a", "a.example", days=-1)
    one = served(old)
    assert "it expired at" in caplog.text
    with pytest.raises(ssl.SSLCertVerificationError, match="expired"):
        shake(one.context, "a.example")
    with pytest.raises(BadCertificate):
        served(Certificate("/nowhere", old.key))


def test_plain_http() -> None:
    one = Secured(lambda: datetime.now(UTC) + timedelta(1))
    one.use(None)
    one.tick(1.0)
    assert one.context is None
