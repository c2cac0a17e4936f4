"""What the feed says about itself: readiness and metrics."""

from dataclasses import dataclass, field
from datetime import datetime

from prometheus_client import CollectorRegistry, Gauge, ProcessCollector


@dataclass(slots=True)
class Status:
    """The one mutable picture of a feed; the session writes it, the port reads it."""

    reason: str | None = "starting"  # why it is not streaming just now
    position: int = 0  # confirmed to PostgreSQL, bytes of the log
    end: int = 0  # the log's end as far as known
    published: int = 0  # changes stored in JetStream since this process started
    restarts: int = 0  # sessions that failed
    snapshot_rows: int = 0
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
        return float(getattr(self, name))


_GAUGES = {
    "up": "1 while the stream runs",
    "position": "Position of the log confirmed to PostgreSQL, in bytes",
    "lag_bytes": "Log that PostgreSQL keeps for the feed, in bytes",
    "published": "Changes stored in JetStream by this process",
    "restarts": "Sessions that ended with an error",
    "snapshot_rows": "Rows of the running or last snapshot",
    "watermark": "Newest published watermark, in unix seconds",
}
