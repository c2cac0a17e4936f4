"""The files through which the proxy and the rest speak, each written by rename."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any


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


def read_json(path: Path) -> dict[str, Any] | None:
    """An object from a file; None where there is none."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def write_whole(path: Path, text: str) -> None:
    """So that a reader sees all of it or what was there before; for its owner alone."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    fresh.replace(path)
