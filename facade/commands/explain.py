"""`python -m facade explain METHOD PATH`: where a request would go, and why."""

from functools import partial
from pathlib import Path

import click

from chassis.cli.output import Output, json_option
from facade.commands import BAD_INPUT, REFUSED
from facade.commands.options import Pairs, pairs, routes_option
from facade.machines.known import known_by
from facade.routes.explain import Explanation, Question
from facade.routes.explain import explain as explain_question
from facade.routes.file.problems import RouteFileError
from facade.routes.file.reading import load_path
from facade.routes.matching.paths import TargetRefused
from facade.routes.table import compile_table
from facade.runtime.debts import standing
from facade.runtime.statefolder import runtime_of


@click.command()
@click.argument("method")
@click.argument("path")
@routes_option
@click.option("--host", default="", envvar="FACADE_EXPLAIN_HOST", help="The host that is asked.")
@click.option("--header", "headers", multiple=True, callback=pairs(":"),
              envvar="FACADE_EXPLAIN_HEADER",
              help="A header, `Name: value`; may be repeated.")  # fmt: skip
@click.option("--cookie", "cookies", multiple=True, callback=pairs("="),
              envvar="FACADE_EXPLAIN_COOKIE",
              help="A cookie, `name=value`; may be repeated.")  # fmt: skip
@click.option("--client", default="127.0.0.1", show_default=True,
              envvar="FACADE_EXPLAIN_CLIENT", help="The client's address.")  # fmt: skip
@click.option("--user", envvar="FACADE_EXPLAIN_USER", help="The value of the session cookie.")
@click.option("--person", default="", envvar="FACADE_EXPLAIN_PERSON",
              help="Whose session it is, for limits: an e-mail address.")  # fmt: skip
@click.option("--new-down", is_flag=True, envvar="FACADE_EXPLAIN_NEW_DOWN",
              help="As if the new side could not be asked.")  # fmt: skip
@json_option("FACADE_EXPLAIN_JSON")
def explain(
    method: str, path: str, routes: Path, host: str, headers: Pairs, cookies: Pairs,
    client: str, user: str | None, person: str, new_down: bool, out: Output,
) -> None:  # fmt: skip
    """Say which side would answer METHOD PATH, and why: stage, bucket, key, reason, table.

    Of limits it says what is left, where a facade runs by this file on this machine; of a route
    with `allow`, what it makes of the API key or token of the request (--header).

    Exit code 0: explained; 1: the facade would refuse this target; 2: the file cannot be used.
    """
    question = Question(method, path, headers, cookies, client, user, not new_down, host, person)
    runtime = runtime_of(routes)
    try:
        table = compile_table(load_path(routes).file)
        known = known_by(table.file.machines, routes.parent, runtime).check
        answer = explain_question(table, question, partial(standing, runtime), known)
    except TargetRefused as error:
        out.refuse({"refused": str(error), "status": 400}, f"400 Bad Request: {error}")
        raise SystemExit(REFUSED) from None
    except RouteFileError as error:
        click.echo(str(error), err=True)
        raise SystemExit(BAD_INPUT) from None
    out.give({"ok": True, **answer.as_json()}, lambda: _text(answer))


def _text(answer: Explanation) -> str:
    key = f"{answer.key} (from {answer.key_source})" if answer.key else "none"
    bucket = "none" if answer.bucket is None else str(answer.bucket)
    stage = answer.stage + (f" {answer.percent}" if answer.percent else "")
    rows = {
        "route": f"{answer.route}   {answer.match}" if answer.route else "none: unknown path",
        "stage": stage,
        "side": answer.side + (f"   (upstream {answer.upstream})" if answer.upstream else ""),
        "reason": f"{answer.reason}: {answer.sentence}",
        "key": key,
        "bucket": bucket + (f"   (seed {answer.seed})" if answer.seed else ""),
        "sticky": "yes" if answer.sticky else "no",
        "compared": answer.compared,
        "identity": f"{answer.identity_from} says who is asking"
        if answer.identity_from
        else "not needed",
        "table": answer.version,
    }
    if answer.pinned is not None:
        rows["pinned"] = f"{answer.pinned}; where new is away: 503 with Retry-After"
    for part in answer.parts:
        where = f"{part.route or 'no route'}, stage {part.stage}, {part.side}"
        rest = ", optional" if part.optional else ""
        rows[f"part {part.name}"] = f"GET {part.target}{rest} ({where}): {part.sentence}"
    if answer.allow is not None:
        rows["demands"] = f"{answer.allow.demands} ({answer.allow.mode})"
        rows["machine"] = answer.allow.sentence
        if answer.allow.challenge is not None:
            rows["challenge"] = answer.allow.challenge
    for limit in answer.limits:
        what = f"{limit.rate}, burst {limit.burst}, {limit.mode}"
        key = limit.key or f"none of {', '.join(limit.keys_tried)}"
        rows[f"limit {limit.name}"] = f"{what}; key {key}: {limit.sentence}"
    head = f"{answer.method} {answer.path}"
    return "\n".join([head, *(f"  {name:<9} {value}" for name, value in rows.items())])
