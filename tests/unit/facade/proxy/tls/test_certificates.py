"""A certificate and its key: what is read from them, and what is wrong with them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from facade.proxy.tls.certificates import BadCertificate, check_time, secured
from facade.routes.config.addressfile import Certificate
from tests.rigs.facade.certificates import Issuer


def test_names_and_the_last_moment(issuer: Issuer) -> None:
    context, names, ends = secured(issuer.make("a", "Shop.example", "*.shop.example", days=5))
    assert names == ("shop.example", "*.shop.example")
    assert timedelta(days=4) < ends - datetime.now(UTC) <= timedelta(days=5)
    assert context.cert_store_stats()["x509"] == 0


@pytest.mark.parametrize(
    ("kind", "where", "why"),
    [
        ("missing", "certificate", "cannot read it: No such file or directory"),
        ("a folder", "certificate", "cannot read it: Is a directory"),
        ("empty", "certificate", "expected a certificate in PEM"),
        ("of DER", "certificate", "expected a certificate in PEM"),
        ("no key", "key", "expected a private key in PEM"),
        ("encrypted", "key", "the key is encrypted"),
        ("another key", "key", "it is not the key of"),
        ("missing key", "key", "cannot read it: No such file or directory"),
    ],
)
def test_what_cannot_be_served(
    issuer: Issuer, tmp_path: Path, kind: str, where: str, why: str
) -> None:
    good, odd = issuer.make("good", "a"), tmp_path / "odd"
    odd.write_bytes(b"\x30\x82\x01" if kind == "of DER" else b"")
    config = {
        "missing": Certificate("/nowhere.pem", good.key),
        "a folder": Certificate(str(tmp_path), good.key),
        "empty": Certificate(str(odd), good.key),
        "of DER": Certificate(str(odd), good.key),
        "no key": Certificate(good.certificate, good.certificate),
        "encrypted": issuer.make("locked", "a", password=b"x"),
        "another key": Certificate(good.certificate, issuer.make("other", "a").key),
        "missing key": Certificate(good.certificate, "/nowhere.key"),
    }[kind]
    with pytest.raises(BadCertificate, match=why) as error:
        secured(config)
    assert error.value.where == where


@pytest.mark.parametrize(
    ("days", "why"), [(-3, "it expired at"), (5, ""), (30, "it is not valid before")]
)
def test_its_time(issuer: Issuer, days: int, why: str) -> None:
    now = datetime.now(UTC) + timedelta(days=-60 if days == 30 else 0)
    config = issuer.make("a", "a", days=days)
    if not why:
        check_time(config, now)
        return
    with pytest.raises(BadCertificate, match=why) as error:
        check_time(config, now)
    assert error.value.where == "certificate"
