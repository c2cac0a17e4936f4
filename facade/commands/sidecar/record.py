"""`python -m facade sidecar record`: keep what passes, without credentials."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from chassis.cli.output import Output, json_option
from facade.commands import BAD_INPUT, REFUSED
from facade.commands.options import parsed
from facade.commands.sidecar.options import folder_option, handle
from facade.compare.rules import compile_rules
from facade.routes.config.routefile import CompareRules
from facade.routes.file.kinds.quantities import Size
from facade.sidecar.handle import SidecarError
from facade.sidecar.plan.plan import KEEP, Recording
from facade.sidecar.plan.reading import BadPlan


@click.command()
@click.option(
    "--to",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="FACADE_SIDECAR_RECORD_TO",
    help="The first file.  [default: one named by the time, in the sidecar's folder]",
)
@click.option("--rotate-size", default="64MB", show_default=True,
              callback=parsed(Size()), envvar="FACADE_SIDECAR_ROTATE_SIZE",
              help="Go on in a next file beyond this.")  # fmt: skip
@click.option("--keep", type=click.IntRange(1, 10_000), default=KEEP,
              show_default=True, envvar="FACADE_SIDECAR_KEEP",
              help="Files of this recording; the oldest go.")  # fmt: skip
@click.option("--secret", "secrets", multiple=True, envvar="FACADE_SIDECAR_SECRET",
              help="A field that is secret, by name or as $.path; may be repeated.")  # fmt: skip
@click.option(
    "--with-credentials",
    is_flag=True,
    envvar="FACADE_SIDECAR_WITH_CREDENTIALS",
    help="Keep cookies, tokens and passwords too: who has the file can then act as these people.",
)
@click.option("--stop", is_flag=True, envvar="FACADE_SIDECAR_RECORD_STOP", help="Stop recording.")
@folder_option
@json_option("FACADE_SIDECAR_RECORD_JSON")
def record(
    file: Path | None, rotate_size: int, keep: int, secrets: tuple[str, ...],
    with_credentials: bool, stop: bool, folder: Path, out: Output,
) -> None:  # fmt: skip
    """Record what passes to a flow file that `replay` and mitmproxy read.

    Exit code 1 when the sidecar is off or cannot write the file.
    """
    place = handle(folder)
    broken = compile_rules(CompareRules("", secret=secrets)).broken
    if broken:
        out.fail(f"--secret: {broken[0]}", BAD_INPUT)
    name = datetime.now(UTC).strftime("%Y%m%d-%H%M%S.flows")
    to = (file or place.folder.root / "recordings" / name).absolute()
    recording = (
        None if stop else Recording(str(to), rotate_size, keep, not with_credentials, secrets)
    )
    try:
        status = place.apply(replace(place.plan(), record=recording))
    except (SidecarError, BadPlan) as error:
        out.fail(str(error), REFUSED)
    if status is None and not stop:
        out.fail("the sidecar is off; it records as soon as `sidecar on` starts it", REFUSED)
    kept = status["recording"]["file"] if status and status["recording"] else None
    words = "records nothing any more" if stop else f"records to {kept}"
    out.give({"ok": True, "file": kept}, words)
