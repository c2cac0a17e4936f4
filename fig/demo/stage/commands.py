"""Other `fig` commands, as a person would call them: by process."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fig.demo.stage.world import DemoFailed
from fig.errors import last_line

CALLS, NOT_BEGUN = 3, ("no running facade could be asked", "no facade answers at")
# What a person may have set for other files and facades than the demo's.
DIVERTING = ("FIG_ROUTES", "FACADE_ROUTES", "FACADE_ADMIN")


class Fig:
    """`python -m fig --home HOME …` from the project's root."""

    def __init__(self, root: Path, home: Path) -> None:
        self.root, self.home = root, home
        self.start = [sys.executable, "-m", "fig", "--home", str(home)]

    async def call(self, *arguments: str) -> str:
        """What it said on stdout. Raises DemoFailed with its complaint when it exits non-zero.

        Once more where the facade did not answer in time, and nothing had begun: the machine may
        be busy.
        """
        for again in reversed(range(CALLS)):
            code, said, complaint = await self.run(*self.start, *arguments)
            if not code:
                return said.decode(errors="replace")
            why = reason(complaint or said)
            if not again or not any(words in why for words in NOT_BEGUN):
                break
        raise DemoFailed(f"fig {' '.join(arguments[:4])}: {why}")

    async def verdict(self, *arguments: str) -> dict[str, Any]:
        """The JSON of a command whose exit code 1 is an answer too. Raises DemoFailed."""
        return read(f"fig {arguments[0]}", *await self.run(*self.start, *arguments, "--json"))

    async def module(self, name: str, *arguments: str, **env: str) -> dict[str, Any]:
        """The JSON of `python -m NAME …`, likewise."""
        command = (sys.executable, "-m", name, *arguments)
        return read(name, *await self.run(*command, env=env))

    async def run(
        self, *command: str, env: Mapping[str, str] | None = None
    ) -> tuple[int, bytes, bytes]:
        """Exit code, stdout, stderr."""
        own = {name: value for name, value in os.environ.items() if name not in DIVERTING}
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=self.root,
            env=own | dict(env or {}),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        try:
            said, complaint = await process.communicate()
        except asyncio.CancelledError:
            process.kill()
            await process.wait()
            raise
        return process.returncode or 0, said, complaint


def read(what: str, code: int, said: bytes, complaint: bytes) -> dict[str, Any]:
    """A verdict as JSON. Raises DemoFailed when there is none."""
    try:
        found = json.loads(said)
    except ValueError:
        found = None
    if code > 1 or not isinstance(found, dict):
        raise DemoFailed(f"{what} gave no verdict: {reason(complaint or said)}")
    return found


def reason(output: bytes) -> str:
    """Why a command refused: the `error` of its JSON, else its last line."""
    try:
        return str(json.loads(output)["error"])
    except (ValueError, KeyError, TypeError):
        return last_line(output.decode(errors="replace")) or "no reason given"
