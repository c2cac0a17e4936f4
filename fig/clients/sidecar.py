"""The sidecar beside the monolith, read from its files: whether it is on, and what it does."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chassis.process.files import read_object
from chassis.process.lifetime import Lifetime


def find(home: Path) -> Mapping[str, Any] | None:
    """The status that the sidecar last wrote; None while it is off, empty while it starts."""
    folder = home / "sidecar"
    guardian = read_object(folder / "guardian.json")
    if guardian is None or Lifetime(guardian.get("pid", 0), guardian.get("started", 0)).ended:
        return None  # off, or killed: its pid may be somebody else's by now
    return read_object(folder / "status.json") or {}


def text(found: Mapping[str, Any]) -> str:
    """One line: its addresses, its recording, its faults."""
    if not found:
        return "sidecar: starting"
    words = [f"sidecar: on {found['listen']} before {found['upstream']}"]
    recording = found.get("recording")
    words.append(f"records to {recording['file']}" if recording else "records nothing")
    faults = [f"{one['name']} ({one['hits']} times)" for one in found.get("faults", ())]
    words.append(f"FAULTS: {', '.join(faults)}" if faults else "no faults")
    return ", ".join(words)
