"""A log record as one JSON object a line."""

import json
import logging
import sys

from chassis.process.telemetry import JsonLines


def record(message: str, error: bool = False) -> logging.LogRecord:
    info = None
    if error:
        try:
            raise ValueError("no\nstones")
        except ValueError:
            info = sys.exc_info()
    return logging.LogRecord("bus", logging.WARNING, __file__, 1, message, ("x",), info)


def test_one_line_with_the_words_of_the_record():
    line = json.loads(JsonLines("feed").format(record("away: %s")))
    assert {name: line[name] for name in ("level", "service", "logger", "message")} == {
        "level": "warning",
        "service": "feed",
        "logger": "bus",
        "message": "away: x",
    }


def test_an_exception_stays_on_the_line():
    text = JsonLines("feed").format(record("failed: %s", error=True))
    assert "\n" not in text
    assert "ValueError" in json.loads(text)["exception"]
