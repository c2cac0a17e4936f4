"""Hooks of automatic moves: a command and a webhook, both from the route file alone.

A command gets what happened in its environment (FIG_EVENT, FIG_ROUTES, FIG_FROM, FIG_TO, FIG_WHY,
FIG_WHO, FIG_WALK); a webhook the same as JSON. Before a step both must agree: a command that ends
with another code than 0, or an answer other than 2xx, lets the walk pause.
"""

import asyncio
import json
import logging
import os
import urllib.request
from asyncio.subprocess import DEVNULL, PIPE
from contextlib import suppress
from dataclasses import asdict, dataclass

from facade.routes.config.walkfile import Hooks

log = logging.getLogger("guarding")

BEFORE, AFTER, BACK, DONE = "before-step", "after-step", "back", "done"
_LONGEST = 300  # characters of what a command said
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True, slots=True)
class Happened:
    """What a hook gets; `before` and `after` are positions."""

    event: str
    routes: tuple[str, ...]
    before: str
    after: str
    why: str
    who: str
    walk: str = ""


async def call(hooks: Hooks, happened: Happened) -> str:
    """Call both; why one does not agree, or empty."""
    found = []
    if hooks.command:
        found.append(await _command(hooks, happened))
    if hooks.webhook:
        found.append(await _webhook(hooks.webhook, hooks, happened))
    refused = "; ".join(filter(None, found))
    if refused:
        log.warning("%s hook: %s", happened.event, refused)
    return refused


def environment(happened: Happened) -> dict[str, str]:
    """The variables of a command."""
    return {
        "FIG_EVENT": happened.event, "FIG_ROUTES": ",".join(happened.routes),
        "FIG_FROM": happened.before, "FIG_TO": happened.after, "FIG_WHY": happened.why,
        "FIG_WHO": happened.who, "FIG_WALK": happened.walk,
    }  # fmt: skip


async def _command(hooks: Hooks, happened: Happened) -> str:
    name = hooks.command[0]
    try:
        process = await asyncio.create_subprocess_exec(
            *hooks.command, stdin=DEVNULL, stdout=PIPE, stderr=asyncio.subprocess.STDOUT,
            env={**os.environ, **environment(happened)},
        )  # fmt: skip
    except OSError as error:
        return f"{name}: {error.strerror or error}"
    try:
        async with asyncio.timeout(hooks.timeout):
            said, _ = await process.communicate()
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        return f"{name} took longer than {hooks.timeout:g} s"
    if process.returncode:
        words = said.decode("utf-8", "replace").strip()[-_LONGEST:]
        return f"{name} ended with {process.returncode}{': ' if words else ''}{words}"
    return ""


async def _webhook(url: str, hooks: Hooks, happened: Happened) -> str:
    try:
        body = json.dumps(asdict(happened)).encode()
        status = await asyncio.to_thread(_post, url, body, hooks.timeout)
    except (OSError, ValueError) as error:
        return f"{url}: {error}"
    return "" if status // 100 == 2 else f"{url}: answered {status}"


def _post(url: str, body: bytes, timeout: float) -> int:
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with _opener.open(request, timeout=timeout) as answer:
        return int(answer.status)
