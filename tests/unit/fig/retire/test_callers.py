"""Callers past the facade: as the monolith's logger writes them, and as they are read again."""

import logging

import pytest
from gunicorn.config import Config

from fig.retire.callers import callers
from fig.retire.seen import Need
from fig.stack import direct_log
from fig.stack.direct_log import DirectLogger

USUAL = {"REMOTE_ADDR": "10.0.0.9", "REQUEST_METHOD": "GET", "PATH_INFO": "/export",
         "HTTP_USER_AGENT": "cron: nightly"}  # fmt: skip


def test_a_caller_is_written_once_in_a_while_and_read_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said: list[str] = []

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(self.format(record))

    now = [100.0]
    monkeypatch.setattr(direct_log.time, "monotonic", lambda: now[0])
    logger = DirectLogger(Config())
    handler = Handler()
    handler.setFormatter(logging.Formatter(logger.error_fmt, logger.datefmt))
    logger.error_log.handlers = [handler]
    for _ in range(3):
        logger.access(None, None, USUAL, None)
    now[0] += direct_log.AGAIN_SECONDS
    logger.access(None, None, USUAL, None)
    logger.access(None, None, {**USUAL, "HTTP_VIA": "1.1 fig"}, None)
    assert len(said) == 2
    since, needs = callers(["noise", *said])
    assert since is not None
    assert needs == [Need("connection", "10.0.0.9 (cron: nightly)", needs[0].at, 2, "GET /export")]
    assert needs[0].at >= since
    assert callers([]) == (None, [])
