"""The port of each process: one base, fixed distances, below the range that Linux hands out."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fig.errors import BadSetting

HOST = "127.0.0.1"
DEFAULT_BASE = 8000
LEAST, END = 1024, 32768  # from 32768 on, Linux gives ports to outgoing connections

# name: distance from the base, process that listens, what for
PLAN = {
    "facade": (0, "facade", "the port that clients use"),
    "admin": (1, "facade", "the facade's admin API"),
    "legacy": (2, "legacy", "the monolith"),
    "catalog": (3, "catalog", "the catalog service"),
    "feed": (4, "feed", "the change feed's health"),
    "orders": (5, "orders", "the orders service"),
    "inventory": (6, "inventory", "the inventory"),
    "payments": (7, "payments", "the payments service"),
    "notifications": (8, "notifications", "the notifications service"),
    "mail": (9, "mail", "mails, which it takes and drops"),
    "postgres": (10, "postgres", "PostgreSQL"),
    "nats": (11, "nats", "NATS"),
    "nats-monitor": (12, "nats", "NATS' monitoring"),
    "sales": (13, "sales", "the sales figures"),
    "storefront": (14, "storefront", "the shop's pages"),
    "accounts": (15, "accounts", "the accounts service"),
}
SECONDS = (
    *("catalog", "orders", "inventory", "payments", "notifications", "sales"),
    *("storefront", "accounts"),
)
PLAN |= {
    f"{name}-2": (len(PLAN) + number, f"{name}-2", f"a second instance of {name}")
    for number, name in enumerate(SECONDS)
}
WIDTH = 1 + max(distance for distance, *_ in PLAN.values())


@dataclass(frozen=True)
class Busy:
    """One of our ports on which another process listens."""

    name: str
    port: int
    holder: str

    def __str__(self) -> str:
        _, process, purpose = PLAN[self.name]
        return f"port {self.port}, wanted by {process} for {purpose}, is taken{self.holder}"


def plan(base: int) -> dict[str, int]:
    """Every port by name. Raises BadSetting for a base that leaves the usable range."""
    if not LEAST <= base <= END - WIDTH:
        raise BadSetting(
            f"FIG_PORT_BASE={base}: expected a number from {LEAST} to {END - WIDTH}"
            f" ({WIDTH} ports are counted from it)"
        )
    return {name: base + distance for name, (distance, *_) in PLAN.items()}


def require_free(ports: Mapping[str, int]) -> None:
    """Raises BadSetting naming every busy port, whose it would be, and the way out."""
    busy = [Busy(name, port, _holder(port)) for name, port in ports.items() if not _free(port)]
    if busy:
        base = min(ports.values())
        other = base + 1000 if base + 1000 + WIDTH < END else DEFAULT_BASE + 1000
        lines = "\n  ".join(str(one) for one in busy)
        raise BadSetting(
            f"cannot start:\n  {lines}\nstop that process, or use other ports:"
            f" FIG_PORT_BASE={other} make up"
        )


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _holder(port: int) -> str:
    """` by pid 42 (name)` as far as /proc shows it; nothing elsewhere or for other users."""
    inode = _listening_inode(port)
    if inode is None:
        return ""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            links = [str(link.readlink()) for link in (entry / "fd").iterdir()]
            if f"socket:[{inode}]" in links:
                return f" by pid {entry.name} ({(entry / 'comm').read_text().strip()})"
        except OSError:
            continue  # it ended meanwhile, or is not ours to look at
    return ""


def _listening_inode(port: int) -> str | None:
    for table in ("tcp", "tcp6"):
        path = Path("/proc/net") / table
        lines = path.read_text().splitlines()[1:] if path.exists() else []
        for fields in (line.split() for line in lines):
            if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port:
                return fields[9]
    return None
