"""`python -m loadtests.chaos.away [--seconds 60] [--users 20] [--how frozen]`; `make legacy-away`.

Legacy is away under load. Frozen, its port takes connections and gives no answer, the worst
way; dead, it refuses them. Orders are accepted all the same, reads say how old they are, nothing
piles up, and when legacy is back its work comes in a ramp and is all done.

Exit codes as of `python -m loadtests.chaos`.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

from loadtests.chaos import absence, access, journal
from loadtests.chaos.running import Crowd, concluded, customers, progressed, proved, say
from loadtests.chaos.stack import Stack
from loadtests.chaos.trouble import FLIPPED
from loadtests.chaos.watch import OPEN, Watch, one

BEFORE_SECONDS, AFTER_SECONDS = 15.0, 25.0  # at most; of a short absence as long as `around` says
LOG = "access.log"
SPAWN_SECONDS = 5.0  # until all customers are there and logged in
_SHAPE = "%(t)s %(m)s %(U)s %(s)s %(a)s"


def logging_to(folder: Path) -> tuple[str, str]:
    """Options for `fig up`: legacy's own server writes down every request that it answers."""
    arguments = f"--access-logfile '{folder / LOG}' --access-logformat '{_SHAPE}'"
    return "--set", f"legacy.GUNICORN_CMD_ARGS={arguments}"


def absent(stack: Stack, crowd: Crowd, options: argparse.Namespace, folder: Path) -> absence.Times:
    """Customers all the time; legacy before, not, and again."""
    shopping = customers(stack, crowd, folder)
    try:
        time.sleep(SPAWN_SECONDS)
        began = time.time()
        time.sleep(around(options.seconds)[0])
        say(f"legacy is {options.how}, for {options.seconds:.0f} s")
        gone = time.time()
        (freeze if options.how == "frozen" else keep_dead)(stack, options.seconds)
        back = time.time()
        say(f"legacy is back after {back - gone:.1f} s")
        shopping.wait(timeout=AFTER_SECONDS + 60)
    finally:
        shopping.kill()
    return absence.Times(began, gone, back, time.time())


def around(seconds: float) -> tuple[float, float]:
    """So long customers are watched before an absence and after it, in seconds."""
    after = max(float(absence.RAMP_SECONDS), seconds)
    return min(BEFORE_SECONDS, seconds / 2), min(AFTER_SECONDS, after)


def freeze(stack: Stack, seconds: float) -> None:
    """It stands still, with everything it was at."""
    stack.signal("legacy", signal.SIGSTOP)
    try:
        time.sleep(seconds)
    finally:
        stack.signal("legacy", signal.SIGCONT)


def keep_dead(stack: Stack, seconds: float) -> None:
    """It dies whenever the supervisor has started it; then until it answers."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with suppress(ProcessLookupError):
            if stack.pid("legacy"):
                stack.signal("legacy", signal.SIGKILL)
        time.sleep(0.1)
    stack.until_ready()


def observed(stack: Stack, options: argparse.Namespace, folder: Path) -> list[str]:
    """The absence with its report, on a stack that runs; what must not be."""
    for route in FLIPPED:
        say(stack.move(route, ("new",)))
    lasts = SPAWN_SECONDS + options.seconds + sum(around(options.seconds))
    with Watch(stack) as watch:
        times = absent(stack, Crowd(options.users, lasts, options.seed), options, folder)
        say("the customers have left; waiting until all is finished")
        with stack.database("orders") as orders:
            progressed(lambda: one(orders, OPEN))
        found = proved(stack)
    answered = access.per_second((folder / LOG).read_text().splitlines())
    entries = journal.entries(folder)
    report = absence.Report(
        **vars(times), entries=entries, samples=watch.samples, answered=answered
    )
    say(f"away for {times.back - times.gone:.1f} s\n{report.text()}")
    return found + report.objections()


def main() -> int:
    parser = argparse.ArgumentParser(description="Legacy stops answering under load.")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--how", choices=("frozen", "dead"), default="frozen")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--port-base", type=int, default=18750)
    options = parser.parse_args()

    def one(folder: Path) -> list[str]:
        with Stack(folder, options.port_base, *logging_to(folder)) as stack:
            return observed(stack, options, folder)

    return concluded(one, "away", "legacy was away and nobody lost anything", seed=options.seed)


if __name__ == "__main__":
    sys.exit(main())
