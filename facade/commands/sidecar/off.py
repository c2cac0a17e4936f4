"""`python -m facade sidecar off`: take the sidecar out of the way again."""

from pathlib import Path

import click

from chassis.cli.output import Output, json_option
from facade.commands import REFUSED
from facade.commands.sidecar.options import folder_option, handle
from facade.sidecar.handle import SidecarError
from facade.sidecar.plan.plan import Plan


@click.command()
@folder_option
@json_option("FACADE_SIDECAR_OFF_JSON")
def off(folder: Path, out: Output) -> None:
    """Send requests to legacy itself again, then end the sidecar; no request is lost.

    Its recording and its faults end with it. Exit code 0 also when it was off.
    """
    place = handle(folder)
    try:
        ran = place.stop()
        place.apply(Plan())
    except SidecarError as error:
        out.fail(str(error), REFUSED)
    words = "the sidecar is off" if ran else "the sidecar was off already"
    out.give({"ok": True, "ran": ran}, words)
