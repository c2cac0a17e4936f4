"""Recorded writes change things: they go only to an address that a responsible person has
declared a sandbox. The file names the addresses, the person and the last day:

    {"sandbox": ["http://127.0.0.1:8002"], "by": "ada@example.org", "until": "2026-12-31"}
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

_LONGEST_DAYS = 366


class NoSandbox(ValueError):
    """Writes are refused; the message says why."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """What was declared. Addresses as (host, port)."""

    addresses: frozenset[tuple[str, int]]
    by: str
    until: date

    def require(self, urls: Iterable[str]) -> None:
        """Raises NoSandbox unless every address is one of those declared."""
        for url in urls:
            if _address(url) not in self.addresses:
                raise NoSandbox(f"{url} is not among the sandboxes that {self.by} declared")


def declared(path: Path, today: date) -> Sandbox:
    """The declaration in a file. Raises NoSandbox."""
    try:
        found = json.loads(path.read_text())
        addresses = frozenset(_address(url) for url in found["sandbox"])
        by, until = str(found["by"]).strip(), date.fromisoformat(found["until"])
    except OSError as error:
        raise NoSandbox(f"cannot read {path}: {error.strerror}") from None
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise NoSandbox(f"{path}: expected sandbox, by and until: {error}") from None
    if not addresses or not by:
        raise NoSandbox(f"{path}: names no address, or no person who answers for it")
    if today > until:
        raise NoSandbox(f"{path}: was good until {until}; ask {by} for a new one")
    if (until - today).days > _LONGEST_DAYS:
        raise NoSandbox(f"{path}: is to last until {until}; more than a year is not a sandbox")
    return Sandbox(addresses, by, until)


def _address(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"expected http://HOST:PORT, not {url!r}")
    return parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)
