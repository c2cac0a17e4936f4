"""`python -m facade sidecar on`: start the sidecar and leave it running."""

import sys
from pathlib import Path

import click

from chassis.cli.output import Output, json_option
from chassis.process import children
from chassis.process.children import Program
from facade.commands import REFUSED
from facade.commands.sidecar.options import folder_option, handle
from facade.commands.sidecar.run import run
from facade.sidecar import environment
from facade.sidecar.environment import NoEnvironment
from facade.sidecar.handle import Handle, SidecarError


@click.command(params=[one for one in run.params if one.name != "folder"])
@folder_option
@json_option("FACADE_SIDECAR_ON_JSON")
def on(folder: Path, out: Output, **given: object) -> None:
    """Start the sidecar; the facade's requests to legacy then come through it.

    Exit code 0 also when it runs already; 1 when it does not come up.
    """
    place = handle(folder)
    found = place.status()
    already = found is not None
    try:
        if found is None:
            environment.ensure(Path(str(given["venv"])).absolute())  # its errors belong here
            found = start(place, given)
    except (NoEnvironment, SidecarError) as error:
        out.fail(str(error), REFUSED)
    assert found is not None
    through = "legacy's traffic comes through it" if given["runtime"] else "send traffic there"
    runs = "runs already" if already else "runs"
    out.give(
        {"ok": True, "already": already, "listen": found["listen"]},
        f"the sidecar {runs} on {found['listen']} before {found['upstream']}; {through}",
    )


def start(place: Handle, given: dict[str, object]) -> dict[str, object]:
    """Start `sidecar run` on its own and wait until it is up. Raises SidecarError."""
    words = [sys.executable, "-P", "-m", "facade", "sidecar", "run"]
    words += ["--folder", str(place.folder.root)]
    named = ("upstream", "listen", "routes", "runtime", "stack_pid")
    options = {name: f"--{name.replace('_', '-')}" for name in named} | {"venv": "--environment"}
    for name, option in options.items():
        if given.get(name) is not None:
            words += [option, str(given[name])]
    process = children.start(Program(words, place.folder.log, append=True))
    found = place.wait_until_up(lambda: process.poll() is not None)
    if given["runtime"]:
        place.wait_until_lent(Path(str(given["runtime"])), lambda: process.poll() is not None)
    return found
