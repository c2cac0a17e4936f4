"""`fig keys`: API keys of machines, and another signing key of our own."""

from collections.abc import Mapping

from fig.clients.passing import command, environment
from fig.settings import Home
from fig.supervise.state import StackState


def keys_environment(
    caller: Mapping[str, str], home: Home, found: StackState | None
) -> dict[str, str]:
    """Where the keys of the running stack lie."""
    own: dict[str, str] = {}
    if found is not None:
        folder = home.folder / "keys"
        own["FACADE_IDENTITY_KEY"] = str(folder / "facade" / "identity.json")
        own["FACADE_IDENTITY_PUBLIC"] = str(folder / "public" / "identity.json")
    return {**own, **environment(caller, found)}


keys = command(
    "keys", "API keys of machines (add, list, end), and another signing key (rotate).",
    keys_environment,
)  # fmt: skip
