"""Generated passwords, kept in the data folder for its owner alone.

`python -m fig.stack.credentials` prints a fresh set as lines for the `.env` of docker compose.
"""

import json
import secrets
from pathlib import Path

from chassis.process.files import write_whole
from fig.errors import BadSetting
from fig.stack.engines.bus_rights import PROCESSES, secret_name

# What needs one: the roles of PostgreSQL, the users of NATS, the key that signs sessions.
NAMES = (
    *("postgres", "legacy", "catalog", "orders", "inventory", "payments", "notifications"),
    *("sales", "accounts", "feed", "reverse", "nats", "session"),
    *(secret_name(process) for process in PROCESSES),
)


def generate() -> str:
    """Hexadecimal: it needs no escaping in a URL, and no such number looks like a placeholder."""
    return secrets.token_hex(24)


def load(path: Path) -> dict[str, str]:
    """Every secret, those not in the file yet generated and written. Raises BadSetting."""
    try:
        known = json.loads(path.read_text()) if path.exists() else {}
    except (OSError, ValueError) as error:
        raise BadSetting(f"{path}: {error}; `make clean-data` starts with no data") from error
    missing = {name: generate() for name in NAMES if name not in known}
    if missing:
        text = json.dumps(known | missing, indent=2)
        write_whole(path, text, private=True, lasting=True)
    return known | missing


def variable(name: str) -> str:
    """The variable that docker-compose.yml takes the secret from."""
    return f"FIG_SECRET_{name.upper()}"


if __name__ == "__main__":
    for _name in NAMES:
        print(f"{variable(_name)}={generate()}")
