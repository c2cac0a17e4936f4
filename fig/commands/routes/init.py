"""`fig init`: a first route file for your own monolith."""

from collections.abc import Mapping

from fig.clients.passing import command, environment
from fig.settings import Home
from fig.supervise.state import StackState


def init_environment(
    caller: Mapping[str, str], home: Home, found: StackState | None
) -> dict[str, str]:
    """Where mitmproxy's environment is, which reads recordings of the sidecar."""
    own = {"FACADE_SIDECAR_VENV": str(home.folder / "sidecar-venv")}
    return {**own, **environment(caller, found)}


init = command(
    "init", "Write a commented route file for the monolith at --legacy URL.", init_environment
)
