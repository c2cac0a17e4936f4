"""`fig sidecar`: a proxy beside the monolith that records, measures and breaks on command."""

from collections.abc import Mapping

from fig.clients.passing import command, environment
from fig.settings import Home
from fig.supervise.state import StackState


def sidecar_environment(
    caller: Mapping[str, str], home: Home, found: StackState | None
) -> dict[str, str]:
    """Where the sidecar's files are and, beside a running stack, the monolith's address."""
    own = {
        "FACADE_SIDECAR_FOLDER": str(home.folder / "sidecar"),
        "FACADE_SIDECAR_VENV": str(home.folder / "sidecar-venv"),
    }
    if found is not None:
        if "legacy" in found.urls:
            own["FACADE_SIDECAR_UPSTREAM"] = found.urls["legacy"]
        own["FACADE_SIDECAR_STACK_PID"] = str(found.pid)
        own["FACADE_RUNTIME"] = str(home.folder / "run" / "facade")
    return {**own, **environment(caller, found)}


sidecar = command(
    "sidecar",
    "Record what legacy answers, measure it, break it: on, off, status, record, fault.",
    sidecar_environment,
)
