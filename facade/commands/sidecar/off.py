"""`python -m facade sidecar off`: take the sidecar out of the way again."""

import json
from pathlib import Path

import click

from facade.commands import REFUSED
from facade.commands.options import json_option
from facade.commands.sidecar.options import fail, folder_option, handle
from facade.sidecar.handle import SidecarError
from facade.sidecar.plan.plan import Plan


@click.command()
@folder_option
@json_option("sidecar_off")
def off(folder: Path, as_json: bool) -> None:
    """Send requests to legacy itself again, then end the sidecar; no request is lost.

    What it was told to record and to break is forgotten. Exit code 0 also when it was off.
    """
    place = handle(folder)
    try:
        ran = place.stop()
        place.tell(Plan())
    except SidecarError as error:
        fail(str(error), REFUSED, as_json)
    if as_json:
        click.echo(json.dumps({"ok": True, "ran": ran}))
    else:
        click.echo("the sidecar is off" if ran else "the sidecar was off already")
