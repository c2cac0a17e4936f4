"""Where the shop is, how long people think, and where the figures go; all from the environment."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DEFAULT_HOST = "http://127.0.0.1:8080"


@dataclass(frozen=True)
class Settings:
    """What a run of the shoppers needs to know. Times are seconds."""

    host: str = DEFAULT_HOST
    think: tuple[float, float] = (0.5, 2.5)
    stats_file: Path | None = None
    seed: int | None = None
    orders_file: Path | None = None
    absence_file: Path | None = None
    everyone: bool = False  # also people who open accounts, and staff


def from_environment(env: Mapping[str, str]) -> Settings:
    """Read FIG_FACADE_URL, LOADTEST_THINK ("0.5-2.5"), LOADTEST_SEED, LOADTEST_EVERYONE (empty or
    not), and the files LOADTEST_STATS_FILE, LOADTEST_ORDERS_FILE (see `ledger`) and
    LOADTEST_ABSENCE_FILE (`absence`).

    Raises ValueError naming the variable that cannot be read.
    """
    seed = env.get("LOADTEST_SEED")
    return Settings(
        host=facade_address(env),
        think=think_time(env.get("LOADTEST_THINK", "0.5-2.5")),
        stats_file=_file(env, "LOADTEST_STATS_FILE"),
        seed=int(seed) if seed else None,
        orders_file=_file(env, "LOADTEST_ORDERS_FILE"),
        absence_file=_file(env, "LOADTEST_ABSENCE_FILE"),
        everyone=bool(env.get("LOADTEST_EVERYONE")),
    )


def _file(env: Mapping[str, str], name: str) -> Path | None:
    return Path(env[name]) if env.get(name) else None


def facade_address(env: Mapping[str, str]) -> str:
    """The facade: FIG_FACADE_URL, else what the running stack wrote down, else a default."""
    if env.get("FIG_FACADE_URL"):
        return env["FIG_FACADE_URL"].rstrip("/")
    state = Path(env.get("FIG_HOME", ".fig")) / "run" / "state.json"
    try:
        return address_in(json.loads(state.read_text())) or DEFAULT_HOST
    except (OSError, ValueError):
        return DEFAULT_HOST


def address_in(state: object) -> str | None:
    """The facade's address in the stack's state file, or None when it says nothing about it."""
    urls = state.get("urls") if isinstance(state, dict) else None
    address = urls.get("facade") if isinstance(urls, dict) else None
    return address.rstrip("/") if isinstance(address, str) else None


def think_time(text: str) -> tuple[float, float]:
    """'0.5-2.5' → (0.5, 2.5) seconds; a single number is both ends."""
    low, _, high = text.partition("-")
    try:
        pair = float(low), float(high or low)
    except ValueError:
        raise ValueError(f"LOADTEST_THINK: '{text}' is not like '0.5-2.5' (seconds)") from None
    if not 0 <= pair[0] <= pair[1]:
        raise ValueError(f"LOADTEST_THINK: '{text}' must rise and not be negative")
    return pair
