"""`python -m new_services.notifications.sink HOST:PORT`: takes every mail, and keeps none.

For the stack on one machine: what was sent can be read at the service's `/mails`.
"""

import logging
import signal
import sys
import threading

import uvloop
from aiosmtpd.controller import Controller

from chassis.process import telemetry
from chassis.process.settings import BAD_CONFIGURATION

log = logging.getLogger("mail sink")


class Sink:
    """Says yes to everything."""

    async def handle_DATA(self, _server: object, _session: object, envelope: object) -> str:
        """One mail."""
        log.info("a mail to %s", ", ".join(getattr(envelope, "rcpt_tos", [])))
        return "250 OK"


def main(listen: str) -> None:
    """Until told to stop."""
    host, _, port = listen.rpartition(":")
    if not host or not port.isdecimal():
        print(f"{listen!r} is not HOST:PORT", file=sys.stderr)  # noqa: T201
        raise SystemExit(BAD_CONFIGURATION)
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # the library's: several lines a mail
    controller = Controller(Sink(), hostname=host, port=int(port), loop=uvloop.new_event_loop())
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    controller.start()
    stop.wait()
    controller.stop()


if __name__ == "__main__":
    telemetry.setup("mail-sink")
    main(sys.argv[1] if len(sys.argv) > 1 else "")
