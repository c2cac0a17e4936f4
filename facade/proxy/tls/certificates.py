"""A certificate and its key, from two files of PEM.

`cryptography` is loaded by those alone that serve TLS.
"""

import ssl
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from facade.routes.config.addressfile import Certificate

if TYPE_CHECKING:
    from cryptography import x509

CERTIFICATE: Final = "certificate"
KEY: Final = "key"


class BadCertificate(Exception):
    """A certificate cannot be used; `where` is the key of the route file that names the file."""

    def __init__(self, where: str, path: str, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.where = where


def secured(config: Certificate) -> tuple[ssl.SSLContext, tuple[str, ...], datetime]:
    """A context for servers, the names that the certificate is good for, and its last moment.

    Names are in lower case, `*.shop.example` among them. Raises BadCertificate.
    """
    first = _certificate(config)
    _check_key(config, first)
    context = made()
    load(context, config)
    return context, _names(first), first.not_valid_after_utc


def made() -> ssl.SSLContext:
    """A context for servers of HTTP/1.1, without a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["http/1.1"])
    return context


def load(context: ssl.SSLContext, config: Certificate) -> None:
    """Let a context use this certificate. Raises BadCertificate."""
    try:
        context.load_cert_chain(config.certificate, config.key, password="")
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        why = f"OpenSSL does not take it: {error}"
        raise BadCertificate(CERTIFICATE, config.certificate, why) from None


def check_time(config: Certificate, now: datetime) -> None:
    """Raises BadCertificate unless the certificate is valid now."""
    first = _certificate(config)
    if now > first.not_valid_after_utc:
        why = f"it expired at {first.not_valid_after_utc:%Y-%m-%d %H:%M} UTC"
        raise BadCertificate(CERTIFICATE, config.certificate, why)
    if now < first.not_valid_before_utc:
        why = f"it is not valid before {first.not_valid_before_utc:%Y-%m-%d %H:%M} UTC"
        raise BadCertificate(CERTIFICATE, config.certificate, why)


def _certificate(config: Certificate) -> "x509.Certificate":
    from cryptography import x509

    data = _read(CERTIFICATE, config.certificate)
    try:
        return x509.load_pem_x509_certificates(data)[0]
    except ValueError:
        why = "expected a certificate in PEM (-----BEGIN CERTIFICATE-----)"
        raise BadCertificate(CERTIFICATE, config.certificate, why) from None


def _check_key(config: Certificate, certificate: "x509.Certificate") -> None:
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        PublicFormat,
        load_pem_private_key,
    )

    data = _read(KEY, config.key)
    try:
        key = load_pem_private_key(data, None)
    except TypeError:
        why = "the key is encrypted, and the facade cannot ask for its passphrase"
        raise BadCertificate(KEY, config.key, why) from None
    except ValueError:
        why = "expected a private key in PEM (-----BEGIN PRIVATE KEY-----)"
        raise BadCertificate(KEY, config.key, why) from None
    form = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    if key.public_key().public_bytes(*form) != certificate.public_key().public_bytes(*form):
        why = f"it is not the key of {config.certificate}"
        raise BadCertificate(KEY, config.key, why)


def _read(where: str, path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise BadCertificate(where, path, f"cannot read it: {error.strerror}") from None


def _names(certificate: "x509.Certificate") -> tuple[str, ...]:
    from cryptography import x509

    try:
        kind = x509.SubjectAlternativeName
        found = certificate.extensions.get_extension_for_class(kind).value
    except (x509.ExtensionNotFound, ValueError):
        return ()
    return tuple(name.lower() for name in found.get_values_for_type(x509.DNSName))
