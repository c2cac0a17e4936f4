"""The files through which the proxy and the rest speak, each written by rename."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Folder:
    """Where they lie."""

    root: Path

    @property
    def plan(self) -> Path:
        """What the proxy is told; it looks at it several times a second."""
        return self.root / "plan.json"

    @property
    def status(self) -> Path:
        """How the proxy does, several times a second."""
        return self.root / "status.json"

    @property
    def guardian(self) -> Path:
        """Who keeps the proxy up, while somebody does."""
        return self.root / "guardian.json"

    @property
    def log(self) -> Path:
        """What the guardian and the proxy say."""
        return self.root / "sidecar.log"

    @property
    def certificates(self) -> Path:
        """mitmproxy's own authority, made only for a monolith behind TLS."""
        return self.root / "certificates"
