"""`fig replay`: ask recorded questions again, and compare the answers."""

from collections.abc import Mapping

from fig.clients.passing import command, environment
from fig.settings import Home
from fig.supervise.state import StackState


def replay_environment(
    caller: Mapping[str, str], home: Home, found: StackState | None
) -> dict[str, str]:
    """Where mitmproxy's environment is and, beside a running stack, the address of its facade."""
    own = {"FACADE_SIDECAR_VENV": str(home.folder / "sidecar-venv")}
    if found is not None:
        if "legacy" in found.urls:
            own["FACADE_REPLAY_LEGACY"] = found.urls["legacy"]
        own["FACADE_RUNTIME"] = str(home.folder / "run" / "facade")
    return {**own, **environment(caller, found)}


replay = command(
    "replay",
    "Ask what was recorded again, and compare the answers of both sides.",
    replay_environment,
)
