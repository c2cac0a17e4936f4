"""`python -m loadtests.chaos [--minutes 5] [--seed N] [--users 12]`; `make chaos`.

Exit codes: 0 the books balance, 1 they do not (each sentence is something that must not be),
2 the run itself could not go on. With the same seed the same things happen at the same times.
"""

import argparse
import random
import secrets
import shutil
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from loadtests.chaos import away, balance, journal
from loadtests.chaos.journal import Fate
from loadtests.chaos.running import STEADY, Crowd, customers, proved, say, settled
from loadtests.chaos.stack import OWNERS, ChaosFailed, Stack
from loadtests.chaos.trouble import Flip, plan

LATE_SECONDS = 4.0
LASTING_TRIES = 5  # of the last flip of orders: something may just be dead


def trouble(stack: Stack, options: argparse.Namespace, steady: Path) -> None:
    """Everything of the plan, at its time or as soon as what came before is done. Flips that are
    late by then are left out, or the last one would come when the customers have left."""
    dice = random.Random(options.seed)
    began = time.monotonic()
    for event in plan(options.seed, options.minutes * 60, stack.killable):
        time.sleep(max(0.0, began + event.at - time.monotonic()))
        if not isinstance(event, Flip):
            say(stack.kill(event.name, dice))
            continue
        if not event.lasts and time.monotonic() > began + event.at + LATE_SECONDS:
            continue
        for _ in range(LASTING_TRIES if event.lasts else 1):
            say(said := stack.flip(event.route, event.place))
            if event.lasts and "refused" not in said:
                steady.touch()
                break


def run(options: argparse.Namespace, folder: Path) -> list[str]:
    """The whole; what must not be."""
    with ExitStack() as closing:
        stack = closing.enter_context(Stack(folder, options.port_base, *away.logging_to(folder)))
        with stack.database("legacy") as legacy:
            start = dict(legacy.execute(balance.STOCK).fetchall())
        crowd = Crowd(options.users, options.minutes * 60, options.seed)
        shopping = customers(stack, crowd, folder)
        try:
            trouble(stack, options, folder / STEADY)
            shopping.wait(timeout=90)
        finally:
            shopping.kill()
        say("the customers have left; waiting until all is finished")
        stack.until_ready()
        found = proved(stack)
        databases = {name: closing.enter_context(stack.database(name)) for name in OWNERS}
        with (folder / "journal").open() as lines:
            purchases = journal.read(lines)
        fates = {
            fate: sum(purchase.fate is fate for purchase in purchases.values()) for fate in Fate
        }
        say("orders: " + ", ".join(f"{count} {fate.value}" for fate, count in fates.items()))
        again = sum(purchase.again for purchase in purchases.values())
        looks = sum(len(purchase.looks) for purchase in purchases.values())
        say(f"{again} of them were asked for again with their key; {looks} times one was looked up")
        by_saga = balance.by_saga(databases["legacy"])
        say(f"{by_saga} of them were written by sagas, the rest by legacy itself")
        if not fates[Fate.PLACED] or not by_saga:
            raise ChaosFailed("not one order came that way: nothing was tried")
        found += settled(lambda: balance.check(databases, purchases, start))
        return found + (afterwards(stack, options, folder) if options.away else [])


def afterwards(stack: Stack, options: argparse.Namespace, folder: Path) -> list[str]:
    """On the same stack: legacy stops answering for some seconds more."""
    calm = folder / "away"
    calm.mkdir()
    (calm / away.LOG).symlink_to(folder / away.LOG)
    asked = argparse.Namespace(**vars(options), seconds=options.away, how="frozen")
    return away.observed(stack, asked, calm)


def main() -> int:
    """See above."""
    parser = argparse.ArgumentParser(description="Orders while everything dies.")
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10_000))
    parser.add_argument("--users", type=int, default=12)
    parser.add_argument("--port-base", type=int, default=18700)
    parser.add_argument("--away", type=float, default=0.0, help="then freeze legacy, for seconds")
    parser.add_argument("--keep", action="store_true", help="leave the folder with logs")
    options = parser.parse_args()
    say(f"seed {options.seed}, {options.minutes:g} minutes, {options.users} customers")
    folder = Path(tempfile.mkdtemp(prefix="fig-chaos-"))
    try:
        found = run(options, folder)
    except ChaosFailed as error:
        say(f"{error}; logs are in {folder}")
        return 2
    if found:
        print("\n".join(found))  # noqa: T201
        say(f"{len(found)} things must not be; logs are in {folder}; --seed {options.seed}")
        return 1
    if not options.keep:
        shutil.rmtree(folder, ignore_errors=True)
    say("the books balance: nothing lost, nothing doubled, nothing left behind")
    return 0


if __name__ == "__main__":
    sys.exit(main())
