"""What the feed says about itself: readiness and metrics."""

import logging
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from prometheus_client import CollectorRegistry, Gauge, ProcessCollector

from new_services.feed.reading.progress import Progress

log = logging.getLogger("feed")


@dataclass(slots=True)
class Status:
    """The one mutable picture of a feed; the session writes it, the port reads it."""

    reason: str | None = "starting"  # why it is not streaming just now
    position: int = 0  # confirmed to PostgreSQL, bytes of the log
    end: int = 0  # the log's end as far as known
    published: int = 0  # changes stored in JetStream since this process started
    restarts: int = 0  # sessions that failed
    progress: Progress = field(default_factory=Progress)  # of reading tables
    alarms: dict[str, str] = field(default_factory=dict)  # what needs a person soon, by its name
    slot_bytes: int = 0  # log that PostgreSQL keeps for the slot
    slot_limit: int = 0  # bytes; beyond it the slot is lost; 0: no limit
    stream_bytes: int = 0  # changes that JetStream keeps
    watermark: str = ""  # RFC 3339
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)

    def __post_init__(self) -> None:
        ProcessCollector(registry=self.registry)
        for name, text in _GAUGES.items():
            gauge = Gauge(f"fig_feed_{name}", text, registry=self.registry)
            gauge.set_function(lambda name=name: self._measure(name))  # type: ignore[misc]

    async def ready(self) -> str | None:
        """None while streaming, else the reason."""
        return self.reason

    def details(self) -> dict[str, Any]:
        """More about it, for /readyz."""
        return {
            "snapshot": self.progress.to_dict(),
            "alarms": self.alarms,
            "slot": {"bytes": self.slot_bytes, "limit": self.slot_limit or None},
            "stream": {"bytes": self.stream_bytes},
        }

    def streams(self, position: int, published: int, complete: bool) -> None:
        """It streams, and is ready once every table has been read."""
        self.position, self.published = position, published
        self.reason = None if complete else self.progress.sentence()

    def alarm(self, name: str, text: str | None) -> None:
        """Raise it, or end it; each is logged once."""
        if text is not None and name not in self.alarms:
            log.warning("alarm: %s", text)
        if text is None and name in self.alarms:
            log.info("alarm over: %s", name)
        if text is None:
            self.alarms.pop(name, None)
        else:
            self.alarms[name] = text

    def log_ends(self, position: int) -> None:
        """The heartbeat saw the log's end here."""
        self.end = max(self.end, position)

    def _measure(self, name: str) -> float:
        if name == "lag_bytes":
            return max(0, self.end - self.position)
        if name == "up":
            return float(self.reason is None)
        if name == "watermark":
            return datetime.fromisoformat(self.watermark).timestamp() if self.watermark else 0.0
        if name in _OF_PROGRESS:
            return float(getattr(self.progress, _OF_PROGRESS[name]) or 0)
        if name == "alarms":
            return len(self.alarms)
        return float(getattr(self, name))


_OF_PROGRESS = {
    "snapshot_rows": "rows",
    "snapshot_rows_expected": "total",
    "snapshot_seconds_left": "seconds_left",
}


_GAUGES = {
    "up": "1 while the stream runs",
    "position": "Position of the log confirmed to PostgreSQL, in bytes",
    "lag_bytes": "Log that PostgreSQL keeps for the feed, in bytes",
    "published": "Changes stored in JetStream by this process",
    "restarts": "Sessions that ended with an error",
    "snapshot_rows": "Rows read from tables by this process",
    "snapshot_rows_expected": "Rows of the tables that are being read, 0 when none are",
    "snapshot_seconds_left": "Estimate until they are read",
    "slot_bytes": "Log that PostgreSQL keeps because of the slot",
    "slot_limit": "Beyond so many bytes of kept log the slot is lost; 0: no limit",
    "stream_bytes": "Bytes of changes that JetStream keeps",
    "alarms": "Alarms that are raised just now; /readyz has their words",
    "watermark": "Newest published watermark, in unix seconds",
}
