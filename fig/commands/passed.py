"""Commands that are the facade's own, and what each is given of the stack that runs.

Each function here makes a command's variables of the caller's, the data folder and the running
stack, if there is one. What the caller set comes first.
"""

import os
from collections.abc import Callable, Mapping

import click

from fig.clients import running
from fig.clients.passing import become, environment
from fig.settings import Home
from fig.supervise.state import StackState

# the caller's variables, the data folder, the running stack -> the command's variables
Environment = Callable[[Mapping[str, str], Home, StackState | None], dict[str, str]]

SEEN = "FACADE_RETIRE_SEEN"


def usual(caller: Mapping[str, str], _home: Home, found: StackState | None) -> dict[str, str]:
    """The route file and the admin port."""
    return environment(caller, found)


def for_itself(caller: Mapping[str, str], _home: Home, _: StackState | None) -> dict[str, str]:
    """Nothing: a facade that is started has nothing to do with the one that runs."""
    return dict(caller)


def for_init(caller: Mapping[str, str], home: Home, found: StackState | None) -> dict[str, str]:
    """Where mitmproxy's environment is, which reads recordings of the sidecar."""
    return {**_sidecar_venv(home), **environment(caller, found)}


def for_keys(caller: Mapping[str, str], home: Home, found: StackState | None) -> dict[str, str]:
    """Where the keys of the running stack lie."""
    own: dict[str, str] = {}
    if found is not None:
        folder = home.folder / "keys"
        own["FACADE_IDENTITY_KEY"] = str(folder / "facade" / "identity.json")
        own["FACADE_IDENTITY_PUBLIC"] = str(folder / "public" / "identity.json")
    return {**own, **environment(caller, found)}


def for_replay(caller: Mapping[str, str], home: Home, found: StackState | None) -> dict[str, str]:
    """Where mitmproxy's environment is and, beside a running stack, the address of its facade."""
    own = _sidecar_venv(home)
    if found is not None:
        if "legacy" in found.urls:
            own["FACADE_REPLAY_LEGACY"] = found.urls["legacy"]
        own["FACADE_RUNTIME"] = str(home.folder / "run" / "facade")
    return {**own, **environment(caller, found)}


def for_retire(caller: Mapping[str, str], home: Home, found: StackState | None) -> dict[str, str]:
    """Beside a running shop: files that list which clients use legacy without the facade."""
    variables = environment(caller, found)
    if found is None or not running.shop_here() or "legacy" not in found.ports:
        return variables
    from fig.retire.files import write  # late: it is part of the shop

    paths = [*filter(None, [caller.get(SEEN)]), *write(home, found)]
    return {**variables, SEEN: os.pathsep.join(paths)}


def for_sidecar(caller: Mapping[str, str], home: Home, found: StackState | None) -> dict[str, str]:
    """Where the sidecar's files are and, beside a running stack, the monolith's address."""
    own = {"FACADE_SIDECAR_FOLDER": str(home.folder / "sidecar"), **_sidecar_venv(home)}
    if found is not None:
        if "legacy" in found.urls:
            own["FACADE_SIDECAR_UPSTREAM"] = found.urls["legacy"]
        own["FACADE_SIDECAR_STACK_PID"] = str(found.pid)
        own["FACADE_RUNTIME"] = str(home.folder / "run" / "facade")
    return {**own, **environment(caller, found)}


def _sidecar_venv(home: Home) -> dict[str, str]:
    return {"FACADE_SIDECAR_VENV": str(home.folder / "sidecar-venv")}


# Every other command of the facade has the usual ones.
ENVIRONMENTS: Mapping[str, Environment] = {
    "facade": for_itself,
    "init": for_init,
    "keys": for_keys,
    "replay": for_replay,
    "retire": for_retire,
    "sidecar": for_sidecar,
}


def command(name: str, text: str) -> click.Command:
    """A command `fig NAME …` that becomes `python -m facade NAME …`."""

    @click.command(
        name,
        help=text,
        add_help_option=False,
        context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
    )
    @click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
    @click.pass_obj
    def passed_on(home: Home, arguments: tuple[str, ...]) -> None:
        found = None if name == "facade" else running.find(home)
        given = ENVIRONMENTS.get(name, usual)(os.environ, home, found)
        become(name, arguments, given)

    return passed_on
