"""`python -m facade check FILE`: judge a route file without running anything."""

from datetime import UTC, datetime
from pathlib import Path

import click

from chassis.cli.output import Output, json_option
from facade.commands import BAD_INPUT, REFUSED
from facade.proxy.tls.checking import check_certificates
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
@json_option("FACADE_CHECK_JSON")
def check(file: Path, against: Path | None, out: Output) -> None:
    """Check a route file: every error at once, each with line, column and what was expected.

    Exit code 0: good; 1: a step that the stages do not allow; 2: the file cannot be used.
    """
    exit_code = BAD_INPUT
    try:
        loaded = load_path(file)
        check_certificates(loaded, datetime.now(UTC))
        if against is not None:
            in_force = load_path(against)
            exit_code = REFUSED
            check_steps(loaded, in_force.file)
    except RouteFileError as error:
        _show_errors(error, out)
        raise SystemExit(exit_code) from None
    _show_good(loaded, out)


def _show_errors(error: RouteFileError, out: Output) -> None:
    problems = [problem.as_json() for problem in error.problems]
    count = len(error.problems)
    total = f"{error.file}: {count} error{'s' if count > 1 else ''}"
    out.refuse({"file": error.file, "problems": problems}, "\n".join([*error.lines, total]))


def _show_good(loaded: Loaded, out: Output) -> None:
    routes, upstreams = len(loaded.file.routes), len(loaded.file.upstreams)
    answer = {
        "ok": True,
        "file": loaded.name,
        "version": loaded.file.version,
        "routes": routes,
        "problems": [warning.as_json() for warning in loaded.warnings],
    }
    for line in loaded.warning_lines:
        out.warn(line)
    size = f"{routes} routes, {upstreams} upstreams, version {loaded.file.version}"
    out.give(answer, f"{loaded.name}: good ({size})")
