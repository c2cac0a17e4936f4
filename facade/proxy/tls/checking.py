"""What is wrong with the certificates that a route file names, at their places in the file."""

from datetime import datetime

from facade.proxy.tls.certificates import BadCertificate, check_time, secured
from facade.routes.config.routefile import RouteFile
from facade.routes.file.problems import RouteFileError, in_order
from facade.routes.file.reading import Loaded, with_routes

_TLS = ("facade", "tls")


def check_certificates(loaded: Loaded, now: datetime) -> None:
    """Raises RouteFileError where a certificate cannot be served, or is not valid now."""
    reading, tls = loaded.reading.fresh(), loaded.file.facade.tls
    for index, config in enumerate(tls.certificates if tls is not None else ()):
        try:
            secured(config)
            check_time(config, now)
        except BadCertificate as error:
            reading.report((*_TLS, "certificates", index, error.where), str(error))
    if reading.problems:
        raise RouteFileError(loaded.name, in_order(with_routes(reading, loaded.file)))


def check_change(loaded: Loaded, in_force: RouteFile, now: datetime) -> None:
    """The same for a file that takes the place of another one while the facade runs.

    Certificates that it leaves alone are not judged: no edit is to wait for their renewal.
    """
    before, after = in_force.facade.tls, loaded.file.facade.tls
    if (before is None) != (after is None):
        what = "on" if before is None else "off"
        reading = loaded.reading.fresh()
        reading.report(_TLS, f"clients are switched {what} https by a start alone: restart it")
        raise RouteFileError(loaded.name, in_order(with_routes(reading, loaded.file)))
    if before != after:
        check_certificates(loaded, now)
