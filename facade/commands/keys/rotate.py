"""`python -m facade keys rotate`: another key that signs for services, without a failed request.

    announce ─ wait until services know it ─ switch ─ wait until the last token has ended ─ forget

Taken up again where it was left off.
"""

import json
import time
from pathlib import Path
from typing import Any

import click

from chassis.cli.output import Output, json_option
from chassis.process.files import write_whole
from chassis.web.identity import LEEWAY_SECONDS, LIFE_SECONDS, REFRESH_SECONDS
from facade.commands import BAD_INPUT
from facade.commands.options import routes_option
from facade.runtime import rotation
from facade.runtime.statefolder import runtime_of

SETTLE_SECONDS = 2 * REFRESH_SECONDS + LEEWAY_SECONDS
RETAIN_SECONDS = LIFE_SECONDS + 3 * LEEWAY_SECONDS


@click.command()
@click.option(
    "--key",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="FACADE_IDENTITY_KEY",
    help="The key's file.  [default: of the facade that runs by the route file]",
)
@click.option(
    "--public",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="FACADE_IDENTITY_PUBLIC",
    help="The file by which services know the public halves, where they read one; those that ask"
    " the admin port (/.well-known/jwks.json) need none.",
)
@click.option("--settle", type=click.FloatRange(min=0.0), default=SETTLE_SECONDS,
              show_default=True, envvar="FACADE_KEYS_SETTLE",
              help="Seconds in which every service reads the new key.")  # fmt: skip
@click.option("--retain", type=click.FloatRange(min=0.0), default=RETAIN_SECONDS,
              show_default=True, envvar="FACADE_KEYS_RETAIN",
              help="Seconds for which the old key stays known after that.")  # fmt: skip
@routes_option
@json_option("FACADE_KEYS_JSON")
def rotate(
    key: Path | None, public: Path | None, settle: float, retain: float, routes: Path, out: Output
) -> None:
    """Let another key sign who is asking: services know it before it signs, and the old one until
    its last token has ended.

    Killed, it goes on at the next call. Exit code 0: done; 2: there is no key to replace.
    """
    runtime = runtime_of(routes)
    found = key or (runtime / "keys" / "identity.json" if runtime else None)
    if found is None or not found.exists():
        out.fail(f"{found or routes}: no key; name it with --key", BAD_INPUT)
    try:
        _rotate(found, public, settle, retain, out)
        kids = [str(one["kid"]) for one in rotation.public_set(found)["keys"]]
    except (OSError, ValueError) as error:
        out.fail(f"{found}: {error}", BAD_INPUT)
    out.give({"ok": True, "key": str(found), "kid": kids[0]}, f"signed by {kids[0]} from now on")


def _rotate(key: Path, public: Path | None, settle: float, retain: float, out: Output) -> None:
    halfway = rotation.last_of(key).exists() and not rotation.next_of(key).exists()
    if halfway:
        out.say("an earlier call had switched already: it is finished")
    else:
        rotation.announce(key)
        _publish(key, public)
        out.say(f"the new key is published; it signs in {settle:g} s, when services know it")
        time.sleep(settle)
        rotation.switch(key)
    _publish(key, public)
    out.say(f"the new key signs; the old one stays known for {retain:g} s")
    time.sleep(retain)
    rotation.forget(key)
    _publish(key, public)


def _publish(key: Path, public: Path | None) -> None:
    if public is not None:
        content: dict[str, Any] = rotation.public_set(key)
        write_whole(public, json.dumps(content), private=not public.exists(), lasting=True)
