"""Whether the shop of a data folder has lost its monolith: `ended.json`, written once.

`write(home, Ended(at=time.time(), how="farewell", archive=path))` is the last word of `fig
farewell`: from then on each `fig up` of this folder starts the stack without monolith and feed,
and `fig verify` proves the laws of the new side alone. `read(home)` says so to every command.
Nothing takes it back: what it stood for is dropped.
"""

import json
from dataclasses import asdict, dataclass

from chassis.process.files import write_whole
from fig.errors import BadSetting
from fig.settings import Home


@dataclass(frozen=True)
class Ended:
    """How the shop came to stand alone."""

    at: float  # unix seconds
    how: str  # "farewell": its monolith was deleted; "alone": it never had one
    archive: str = ""  # where the monolith's database was archived


def read(home: Home) -> Ended | None:
    """None while there is a monolith. Raises BadSetting for a file that cannot be read."""
    try:
        return Ended(**json.loads(home.ended.read_text()))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise BadSetting(
            f"{home.ended}: {error}; it says that the monolith is gone, and must be readable"
        ) from error


def write(home: Home, ended: Ended) -> None:
    """By rename, and it survives a crash of the operating system."""
    home.folder.mkdir(parents=True, exist_ok=True)
    write_whole(home.ended, json.dumps(asdict(ended), indent=2), lasting=True)
