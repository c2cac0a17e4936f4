"""Certificates for tests, made as they are needed: a client that trusts `issuer` trusts them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from facade.routes.config.addressfile import Certificate


class Issuer:
    """Signs certificates, and writes them into a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])
        self.file = folder / "issuer.pem"
        built = self._begun(self._name, self._key, datetime.now(UTC), timedelta(days=30))
        constraints = x509.BasicConstraints(ca=True, path_length=None)
        own = built.add_extension(constraints, critical=True).sign(self._key, hashes.SHA256())
        self.file.write_bytes(own.public_bytes(serialization.Encoding.PEM))

    def make(
        self, name: str, *hosts: str, days: int = 10, password: bytes | None = None
    ) -> Certificate:
        """A certificate for these hosts in `NAME.pem` and `NAME.key`; it ends in so many days."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        began = datetime.now(UTC) + timedelta(days=min(days, 0) - 1)
        built = self._begun(subject, key, began, datetime.now(UTC) + timedelta(days=days) - began)
        names = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
        signed = built.add_extension(names, critical=False).sign(self._key, hashes.SHA256())
        paths = self._folder / f"{name}.pem", self._folder / f"{name}.key"
        self._replace(paths[0], signed.public_bytes(serialization.Encoding.PEM))
        self._replace(
            paths[1],
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.BestAvailableEncryption(password)
                if password
                else serialization.NoEncryption(),
            ),
        )
        return Certificate(str(paths[0]), str(paths[1]))

    def _replace(self, path: Path, data: bytes) -> None:
        """As a program that renews certificates does it: another file under the name."""
        fresh = path.with_suffix(".fresh")
        fresh.write_bytes(data)
        fresh.replace(path)

    def _begun(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        began: datetime,
        lasts: timedelta,
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(began)
            .not_valid_after(began + lasts)
        )
