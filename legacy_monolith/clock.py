"""The shop's own time: local, to the second, without a zone. It was never thought to move."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Flask, current_app

EXTENSION = "legacy_clock"


class Clock:
    """Gives the local time of the shop's zone."""

    def __init__(self, timezone: str) -> None:
        self._zone = ZoneInfo(timezone)

    def now(self) -> datetime:
        """Local time without a zone, whole seconds."""
        return datetime.now(self._zone).replace(tzinfo=None, microsecond=0)


def install(app: Flask, clock: Clock) -> None:
    app.extensions[EXTENSION] = clock


def now() -> datetime:
    """By the clock of the current app."""
    clock: Clock = current_app.extensions[EXTENSION]
    return clock.now()


def stamp(moment: datetime) -> str:
    """`2026-06-30 18:00:00`, as the shop writes it everywhere."""
    return moment.strftime("%Y-%m-%d %H:%M:%S")
