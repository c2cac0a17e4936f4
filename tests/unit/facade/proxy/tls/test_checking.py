"""Certificates of a route file, judged at their places."""

from datetime import UTC, datetime

import pytest

from facade.proxy.tls.checking import check_certificates, check_change
from facade.routes.config.addressfile import Certificate
from facade.routes.file.problems import RouteFileError
from facade.routes.file.reading import Loaded, load
from tests.rigs.facade.certificates import Issuer

NOW = datetime.now(UTC)
PLAIN = b'upstreams: {legacy: {url: "http://a"}}\n'


def file(*certificates: Certificate) -> Loaded:
    lines = "".join(
        f"    - {{certificate: {one.certificate}, key: {one.key}}}\n" for one in certificates
    )
    return load(PLAIN + b"facade:\n  tls:\n    certificates:\n" + lines.encode())


def test_every_fault_with_its_place(issuer: Issuer) -> None:
    good, old = issuer.make("a", "a"), issuer.make("b", "b", days=-1)
    check_certificates(load(PLAIN), NOW)
    check_certificates(file(good), NOW)
    with pytest.raises(RouteFileError) as error:
        check_certificates(file(good, old, Certificate(good.certificate, old.key)), NOW)
    first, second = error.value.problems
    assert (first.line, first.column, first.where) == (6, 21, "facade.tls.certificates.certificate")
    assert (second.line, second.where) == (7, "facade.tls.certificates.key")


def test_a_change(issuer: Issuer) -> None:
    good, old = file(issuer.make("a", "a")), file(issuer.make("b", "b", days=-1))
    check_change(good, good.file, NOW)
    check_change(good, old.file, NOW)
    check_change(old, old.file, NOW)  # left alone
    with pytest.raises(RouteFileError, match="it expired at"):
        check_change(old, good.file, NOW)
    for after, before, what in ((good, load(PLAIN), "on"), (load(PLAIN), good, "off")):
        with pytest.raises(RouteFileError, match=f"switched {what} https by a start alone"):
            check_change(after, before.file, NOW)


@pytest.mark.parametrize(
    ("tls", "said"),
    [
        ("{}", "'certificates' is missing"),
        ("{certificates: []}", "a list with at least one entry"),
        ("{certificates: [{key: a}]}", "'certificate' is missing"),
        ("{certificates: [{certificate: a}]}", "'key' is missing"),
        ("{certificates: [{certificate: a, key: b}], min_version: 1.1}", "version of TLS '1.1'"),
    ],
)
def test_what_is_no_section(tls: str, said: str) -> None:
    with pytest.raises(RouteFileError, match=said):
        load(PLAIN + f"facade: {{tls: {tls}}}".encode())
