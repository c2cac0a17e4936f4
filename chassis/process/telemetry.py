"""Log lines on stderr: readable, or one JSON object each where FIG_LOG=json."""

import logging
import os
import sys
from datetime import UTC, datetime

import orjson

from chassis.tracing.context import current


class JsonLines(logging.Formatter):
    """One JSON object a line: time (UTC), level, service, logger, message, and the exception.

    What is said within a request, a saga's step or a message has `request_id` and `span_id`, of
    its trace and its span. A record's `event` (a mapping, given as `extra`) adds its own fields.
    """

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "service": self._service,
            "logger": record.name,
            "message": record.getMessage(),
        }
        under_way = current()
        if under_way is not None:  # the facade's request id is the trace's id
            line |= {"request_id": under_way.trace_id, "span_id": under_way.span_id}
        line |= getattr(record, "event", {})
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(line).decode()


def setup(service: str) -> None:
    """Send all log lines to stderr; FIG_LOG chooses their form, FIG_LOG_LEVEL the least level."""
    handler = logging.StreamHandler(sys.stderr)
    if os.environ.get("FIG_LOG") == "json":
        handler.setFormatter(JsonLines(service))
    else:
        form = f"%(asctime)s %(levelname)-7s {service} %(name)s: %(message)s"
        handler.setFormatter(logging.Formatter(form, datefmt="%H:%M:%S"))
    level = os.environ.get("FIG_LOG_LEVEL", "INFO").upper()
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("nats").setLevel(logging.CRITICAL)  # its reconnects are reported by the bus
