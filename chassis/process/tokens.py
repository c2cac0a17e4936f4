"""Where a user's commands find the token of an admin port: a file for each address, for its owner
alone, written by the process that listens there.

    FIG_ADMIN_TOKEN            the token itself, for commands of another user or another machine
    STATE/admin/HOST_PORT      else; STATE is $XDG_STATE_HOME/strangler-fig or the same below
                               ~/.local/state; for users without a home a temporary folder
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

from chassis.process.files import write_whole

VARIABLE = "FIG_ADMIN_TOKEN"
_NAME = "strangler-fig"
_LOOPBACK = dict.fromkeys(("0.0.0.0", "::", "::1", "localhost"), "127.0.0.1")


def announce(address: str, token: str) -> Path | None:
    """Keep the token of `host:port` (or a socket's path) for this user's commands. Returns the
    file; None where no folder can be written."""
    for folder in _folders():
        file = folder / "admin" / _file_name(address)
        try:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(file, token.encode(), private=True)
        except OSError:
            continue
        return file
    return None


def token_for(url: str) -> str | None:
    """The token for the admin port that this URL asks; None where none is stored."""
    given = os.environ.get(VARIABLE)
    if given:
        return given
    try:
        netloc = urlsplit(url).netloc
    except ValueError:
        return None
    for folder in _folders():
        file = folder / "admin" / _file_name(netloc)
        try:
            if file.stat().st_uid == os.getuid():
                return file.read_text("utf-8").strip() or None
        except OSError:
            continue
    return None


def authorization(url: str) -> dict[str, str]:
    """The header lines with which the admin port of this URL is asked; none without a token."""
    token = token_for(url)
    return {} if token is None else {"Authorization": f"Bearer {token}"}


def _folders() -> Iterator[Path]:
    state = os.environ.get("XDG_STATE_HOME")
    if state:
        yield Path(state) / _NAME
    else:
        yield Path("~/.local/state").expanduser() / _NAME
    yield Path(tempfile.gettempdir()) / f"{_NAME}-{os.getuid()}"


def _file_name(address: str) -> str:
    """`host:port` as a name of a file; every name of this machine is one."""
    if address.startswith("unix:"):
        address = quote(address.removeprefix("unix:"), safe="")
    host, colon, port = address.rpartition(":")
    host = host.strip("[]").lower()
    plain = f"{_LOOPBACK.get(host, host)}{colon}{port}"
    return "".join(sign if sign.isalnum() or sign in ".-%" else "_" for sign in plain)
