"""`python -m facade.control`."""

import logging

from chassis.process.service import bind, run
from chassis.process.settings import Listen, load
from chassis.process.telemetry import setup
from facade.control.judging.priority import CONTROL, step_back
from facade.control.process import serve_control
from facade.control.settings import ControlSettings

log = logging.getLogger("control")


def main() -> None:
    """Run until a signal; exit code 2 when a setting or the admin port cannot be used."""
    step_back(CONTROL)
    settings = load(ControlSettings)
    setup("control")
    for name in ("httpx2", "uvicorn.error"):
        logging.getLogger(name).setLevel(logging.WARNING)
    port = bind(settings.admin, "FACADE_ADMIN")
    log.info("the dashboard is at http://%s/", reached(settings.admin.host, port.getsockname()[1]))
    run(serve_control(settings, port))


def reached(host: str, port: int) -> str:
    """`host:port` for a browser on this machine: no browser can ask "every address"."""
    loopback = {"0.0.0.0": "127.0.0.1", "::": "::1"}
    return Listen(loopback.get(host, host), port).written


if __name__ == "__main__":
    main()
