"""`python -m facade check FILE`: judge a route file without running anything."""

import json
from pathlib import Path

import click

from facade.commands import BAD_INPUT, REFUSED
from facade.commands.options import json_option
from facade.routes.file.problems import RouteFileError
from facade.routes.file.reading import Loaded, load_path
from facade.routes.file.steps import check_steps


@click.command()
@click.argument(
    "file",
    type=click.Path(path_type=Path),
    default=Path("routes.yaml"),
    envvar="FACADE_ROUTES",
)
@click.option(
    "--against",
    type=click.Path(path_type=Path),
    envvar="FACADE_CHECK_AGAINST",
    help="The file in force: also check that every route takes an allowed step.",
)
@json_option("check")
def check(file: Path, against: Path | None, as_json: bool) -> None:
    """Check a route file: every error at once, each with line, column and what was expected.

    Exit code 0: good; 1: a step that the stages do not allow; 2: the file cannot be used.
    """
    exit_code = BAD_INPUT
    try:
        loaded = load_path(file)
        if against is not None:
            in_force = load_path(against)
            exit_code = REFUSED
            check_steps(loaded, in_force.file)
    except RouteFileError as error:
        _show_errors(error, as_json)
        raise SystemExit(exit_code) from None
    _show_good(loaded, as_json)


def _show_errors(error: RouteFileError, as_json: bool) -> None:
    if as_json:
        problems = [problem.as_json() for problem in error.problems]
        click.echo(json.dumps({"ok": False, "file": error.file, "problems": problems}))
        return
    for line in error.lines:
        click.echo(line, err=True)
    count = len(error.problems)
    click.echo(f"{error.file}: {count} error{'s' if count > 1 else ''}", err=True)


def _show_good(loaded: Loaded, as_json: bool) -> None:
    if as_json:
        answer = {
            "ok": True,
            "file": loaded.name,
            "version": loaded.file.version,
            "routes": len(loaded.file.routes),
            "problems": [warning.as_json() for warning in loaded.warnings],
        }
        click.echo(json.dumps(answer))
        return
    for line in loaded.warning_lines:
        click.echo(line, err=True)
    routes, upstreams = len(loaded.file.routes), len(loaded.file.upstreams)
    click.echo(
        f"{loaded.name}: good ({routes} routes, {upstreams} upstreams,"
        f" version {loaded.file.version})"
    )
