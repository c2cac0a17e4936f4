"""`python -m facade.control`."""

import gc
import logging
import sys
from ipaddress import ip_address

from chassis.process import tokens
from chassis.process.service import bind, run
from chassis.process.settings import BAD_CONFIGURATION, NO_PORT, Listen, load
from chassis.process.telemetry import setup
from facade.control.judging.priority import CONTROL, step_back
from facade.control.settings import ControlSettings
from facade.runtime.keyring import BadKey, admin_token

log = logging.getLogger("control")


def main() -> None:
    """Run until a signal; exit code 2 when a setting or the admin port cannot be used."""
    gc.disable()  # `serve` enables it again: while we import, it finds nothing, and takes a tenth
    step_back(CONTROL)
    from facade.control.process import serve_control

    settings = load(ControlSettings)
    setup("control")
    for name in ("httpx2", "uvicorn.error"):
        logging.getLogger(name).setLevel(logging.WARNING)
    port = bind(settings.admin, "FACADE_ADMIN")
    here = settings.admin
    if here.port != NO_PORT:
        here = Listen(here.host, port.getsockname()[1])
        log.info("the dashboard is at http://%s/", reached(*here))
    token = _token(settings, here)
    if here.port != NO_PORT and not _is_loopback(here.host):
        log.warning(
            "the admin port listens on %s, beyond this machine: a program that reaches it and"
            " has the token may read requests and reset evidence; --admin 127.0.0.1:PORT keeps it"
            " here",
            here.host,
        )
    run(serve_control(settings, port, token))


def _token(settings: ControlSettings, here: Listen) -> str:
    """The token; printed once, when it is made, and left where this user's commands find it."""
    path = settings.admin_token or settings.runtime / "keys" / "admin.token"
    try:
        token, made = admin_token(path)
    except (BadKey, OSError) as error:
        print(f"FACADE_ADMIN_TOKEN: {path}: {error}", file=sys.stderr)  # noqa: T201
        raise SystemExit(BAD_CONFIGURATION) from None
    if made:
        log.info(
            "the token of the admin port, said this once, is %s; it is kept in %s", token, path
        )
    tokens.announce(here.written, token)
    return token


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def reached(host: str, port: int) -> str:
    """`host:port` for a browser on this machine: no browser can ask "every address"."""
    loopback = {"0.0.0.0": "127.0.0.1", "::": "::1"}
    return Listen(loopback.get(host, host), port).written


if __name__ == "__main__":
    main()
