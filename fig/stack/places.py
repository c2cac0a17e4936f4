"""The place of a stack: the addresses, folders and secrets that `stack.py` needs."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from fig.errors import BadSetting
from fig.stack import ports
from fig.stack.engines import nats


class Place(Protocol):
    """What differs between this machine and docker compose (tests/rigs/processes/compose.py)."""

    @property
    def python(self) -> str:
        """The interpreter."""

    @property
    def postgres(self) -> tuple[str, ...]:
        """How the server's command begins, with the options that only this place needs."""

    @property
    def nats(self) -> str:
        """The NATS server's program."""

    def address(self, port: str) -> str:
        """HOST:PORT by name, to listen on and to connect to alike."""

    def secret(self, name: str) -> str:
        """A password or key by name."""

    def path(self, name: str) -> str:
        """`routes`, `runtime`, `redirects`, `postgres`, `nats`, `keys` (folders), `nats.conf`."""


@dataclass(frozen=True)
class Local:
    """This machine: loopback, everything under one folder."""

    home: Path
    routes: Path
    port: Mapping[str, int]
    secrets: Mapping[str, str]
    nats_bin: str | None = None

    @property
    def python(self) -> str:
        return sys.executable

    @property
    def postgres(self) -> tuple[str, ...]:
        own = {
            "listen_addresses": ports.HOST,
            "port": str(self.port["postgres"]),
            # None: a path longer than 107 bytes would be fatal.
            "unix_socket_directories": "",
        }
        options = (f"-c{name}={value}" for name, value in own.items())
        return (self.python, "-m", "fig.stack.engines.postgres", *options)

    @property
    def nats(self) -> str:
        return str(nats.binary(self.nats_bin))

    def address(self, port: str) -> str:
        return f"{ports.HOST}:{self.port[port]}"

    def secret(self, name: str) -> str:
        return self.secrets[name]

    def path(self, name: str) -> str:
        if name == "routes":
            return str(self.routes)
        inner = {
            "runtime": "run/facade",
            "redirects": "run/facade/lent/redirects.json",
            "postgres": "postgres/data",
            "nats": "nats/data",
            "keys": "keys",
        }
        return str(self.home / inner.get(name, f"run/{name}"))


def prepare(home: Path) -> None:
    """Make the data folder and what it must hold. Raises BadSetting when it cannot be written."""
    try:
        for folder in (home, home / "run", home / "logs", home / "postgres", home / "nats"):
            folder.mkdir(parents=True, exist_ok=True)
            if not os.access(folder, os.W_OK | os.X_OK):
                raise PermissionError(13, "Permission denied", str(folder))
    except OSError as error:
        raise BadSetting(
            f"cannot write the data folder: {error.filename}: {error.strerror};"
            " make it writable, or name another one in FIG_HOME"
        ) from error
