"""What every run has in common: its customers, and the proof at its end."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from chassis.process import children
from chassis.process.children import Program
from loadtests.chaos import journal
from loadtests.chaos.stack import PROJECT, ChaosFailed, Stack

PATIENCE_SECONDS = 120.0  # for what is under way when the customers have left
STEADY = "steady"  # the file that says so to the customers
VARIANTS = 40  # that orders are spread over; few, so that they meet
GOODS = "SELECT v.sku FROM variant v JOIN product p ON p.id = v.product_id JOIN stock s ON s.sku = v.sku WHERE p.active = 'Y' AND v.active = 'Y' ORDER BY s.qty DESC, v.sku LIMIT %s"  # noqa: E501


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)  # noqa: T201


def concluded(
    run: Callable[[Path], Sequence[str]], name: str, good: str, *, seed: int, keep: bool = False
) -> int:
    """The exit code of a program: `run` in a fresh folder, which stays if something must not be."""
    folder = Path(tempfile.mkdtemp(prefix=f"fig-{name}-"))
    where = f"logs are in {folder}; --seed {seed}"
    try:
        found = run(folder)
    except ChaosFailed as error:
        say(f"{error}; {where}")
        return 2
    if found:
        print("\n".join(found))  # noqa: T201
        say(f"{len(found)} things must not be; {where}")
        return 1
    if not keep:
        shutil.rmtree(folder, ignore_errors=True)
    say(good)
    return 0


@dataclass(frozen=True)
class Crowd:
    """How many customers, for how many seconds, and the seed of their dice. `ending`: a session
    cookie that one of them has, and that legacy believes for a while only. `pace`: visits of each
    in a second; `script`: what they do."""

    users: int
    seconds: float
    seed: int
    ending: str = ""
    pace: float = 1.0
    script: str = "loadtests/chaos/customers.py"


def customers(
    stack: Stack, crowd: Crowd, folder: Path, scarce: Sequence[str] = ()
) -> children.Popen:
    """Locust, for as long as the trouble lasts. They buy what there is most of, and `scarce`."""
    with stack.database("legacy") as legacy:
        skus = [row[0] for row in legacy.execute(GOODS, [VARIANTS])] + list(scarce)
    environment = stack.environment | {
        "CHAOS_JOURNAL": str(folder / journal.NAME),
        "CHAOS_SEED": str(crowd.seed),
        "CHAOS_SKUS": " ".join(skus),
        "CHAOS_STEADY": str(folder / STEADY),
        "CHAOS_ENDING": crowd.ending,
        "CHAOS_PACE": str(crowd.pace),
    }
    command = [
        *(sys.executable, "-m", "locust", "-f", crowd.script, "--headless"),
        *("--host", stack.url, "-u", str(crowd.users), "-r", "10", "--only-summary"),
        *("-t", f"{int(crowd.seconds)}s", "--stop-timeout", "25", "--exit-code-on-error=0"),
    ]
    return children.start(Program(command, folder / "locust.log", environment, PROJECT))


def settled(look: Callable[[], list[str]]) -> list[str]:
    """What is found until nothing is, or patience ends: mails are sent last of all."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (found := look()) and time.monotonic() < deadline:
        time.sleep(0.5)
    return found


def progressed(left: Callable[[], float]) -> None:
    """Wait until nothing is left, for as long as it becomes less: how long that takes goes by how
    much there is, and by the machine."""
    least, since = float("inf"), time.monotonic()
    while (count := left()) and time.monotonic() < since + PATIENCE_SECONDS:
        if count < least:
            least, since = count, time.monotonic()
        time.sleep(1.0)


def proved(stack: Stack) -> list[str]:
    """What `fig` finds: the books of both sides, dead letters, sagas that wait for a person."""
    found = []
    for command in ("verify", "deadletters", "sagas"):
        done = stack.fig(command, VERIFY_PATIENCE=f"{PATIENCE_SECONDS:.0f}")
        said = done.stdout.strip()
        if done.returncode:
            found.append(f"fig {command}: {said}\n{done.stderr.strip()}")
        elif command == "verify":
            say(said.splitlines()[-1])
    return found
