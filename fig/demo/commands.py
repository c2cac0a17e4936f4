"""Other `fig` commands, as a person would call them: by process."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from fig.demo.world import DemoFailed

# What a person may have set for other files and facades than the demo's.
DIVERTING = ("FIG_ROUTES", "FACADE_ROUTES", "FACADE_ADMIN")


class Fig:
    """`python -m fig --home HOME …` from the project's root."""

    def __init__(self, root: Path, home: Path) -> None:
        self.root = root
        self.start = [sys.executable, "-m", "fig", "--home", str(home)]

    async def call(self, *arguments: str) -> str:
        """What it said on stdout. Raises DemoFailed with its complaint when it exits non-zero."""
        process = await asyncio.create_subprocess_exec(
            *self.start,
            *arguments,
            cwd=self.root,
            env={name: value for name, value in os.environ.items() if name not in DIVERTING},
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
        if process.returncode:
            raise DemoFailed(f"fig {' '.join(arguments[:4])}: {reason(complaint or said)}")
        return said.decode(errors="replace")


def reason(output: bytes) -> str:
    """Why a command refused: the `error` of its JSON, else its last line."""
    try:
        return str(json.loads(output)["error"])
    except (ValueError, KeyError, TypeError):
        return last_words(output)


def last_words(output: bytes) -> str:
    """The last line that says something."""
    lines: Sequence[str] = output.decode(errors="replace").strip().splitlines()
    return lines[-1].strip() if lines else "no reason given"
