"""`python -m facade.control`."""

import logging

from chassis.process.service import bind, run
from chassis.process.settings import load
from chassis.process.telemetry import setup
from facade.control.judging.priority import CONTROL, step_back
from facade.control.process import serve_control
from facade.control.settings import ControlSettings


def main() -> None:
    """Run until a signal; exit code 2 when a setting or the admin port cannot be used."""
    step_back(CONTROL)
    settings = load(ControlSettings)
    setup("control")
    for name in ("httpx2", "uvicorn.error"):
        logging.getLogger(name).setLevel(logging.WARNING)
    run(serve_control(settings, bind(settings.admin, "FACADE_ADMIN")))


if __name__ == "__main__":
    main()
