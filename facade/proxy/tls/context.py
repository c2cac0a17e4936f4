"""What connections are secured by. A certificate that is renewed counts from the next handshake.

One context is given to all handshakes; the certificate is chosen in them, by the name that the
client asks for. What was good stays in use while the files are not.
"""

import logging
import os
import ssl
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from facade.proxy.tls.certificates import BadCertificate, check_time, load, made, secured
from facade.routes.config.addressfile import Certificate, ListenerTls

log = logging.getLogger("facade.proxy.tls")

LOOK_SECONDS: Final = 1.0
_VERSIONS: Final = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}
_Signature = tuple[tuple[int, int, int] | None, ...]


class Secured:
    """The certificates in use, by name."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.context: ssl.SSLContext | None = None  # None: clients speak plain HTTP
        self._now = now
        self._options: ListenerTls | None = None
        self._usual: ssl.SSLContext | None = None
        self._by_name: dict[str, ssl.SSLContext] = {}
        self._seen: _Signature = ()
        self._look_at = 0.0

    def use(self, options: ListenerTls | None) -> None:
        """Take the options of a new table. Raises BadCertificate where there is none before."""
        if options is None or options == self._options:
            return
        seen = _signature(options.certificates)
        if self.context is None:
            self._take(options)
            self._warn(options)
        else:
            self._try(options)
        self._options, self._seen = options, seen

    def tick(self, now: float) -> None:
        """Look whether the files have changed; `now` is monotonic, in seconds."""
        if self._options is None or now < self._look_at:
            return
        self._look_at = now + LOOK_SECONDS
        seen = _signature(self._options.certificates)
        if seen != self._seen:
            self._seen = seen
            self._try(self._options)

    def _try(self, options: ListenerTls) -> None:
        try:
            for certificate in options.certificates:
                check_time(certificate, self._now())
            self._take(options)
        except BadCertificate as error:
            log.error("%s; the certificates of before stay in use", error)
        else:
            log.info("the certificates were read again")

    def _take(self, options: ListenerTls) -> None:
        contexts: list[ssl.SSLContext] = []
        by_name: dict[str, ssl.SSLContext] = {}
        for certificate in options.certificates:
            context, names, _ = secured(certificate)
            contexts.append(context)
            for name in names:
                by_name.setdefault(name, context)
        if self.context is None:
            self.context = made()
            self.context.sni_callback = self._choose
        load(self.context, options.certificates[0])
        self.context.minimum_version = _VERSIONS[options.min_version]
        self._usual, self._by_name = contexts[0], by_name

    def _warn(self, options: ListenerTls) -> None:
        """A worker that begins late serves an expired certificate rather than nothing."""
        for certificate in options.certificates:
            try:
                check_time(certificate, self._now())
            except BadCertificate as error:
                log.error("%s", error)

    def _choose(self, connection: Any, name: str | None, _context: ssl.SSLContext) -> None:
        """In the handshake: the certificate for the name that the client asks for."""
        wanted = (name or "").lower().removesuffix(".")
        wildcard = f"*.{wanted.partition('.')[2]}"
        found = self._by_name.get(wanted) or self._by_name.get(wildcard) or self._usual
        connection.context = found


def _signature(certificates: Sequence[Certificate]) -> _Signature:
    return tuple(_status(path) for one in certificates for path in (one.certificate, one.key))


def _status(path: str) -> tuple[int, int, int] | None:
    try:
        status = os.stat(path)  # noqa: PTH116 - as in FileWatcher
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns
