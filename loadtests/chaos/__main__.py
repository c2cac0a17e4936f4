"""`python -m loadtests.chaos [--minutes 5] [--seed N] [--users 12]`; `make chaos`.

Exit codes: 0 the books balance, 1 they do not (each sentence is something that must not be),
2 the run itself could not go on. With the same seed the same things happen at the same times.
"""

import argparse
import random
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from loadtests.chaos import balance, journal
from loadtests.chaos.journal import Fate
from loadtests.chaos.stack import OWNERS, PROJECT, ChaosFailed, Stack
from loadtests.chaos.trouble import Flip, plan

PATIENCE_SECONDS = 120.0  # for what is under way when the customers have left
VARIANTS = 40  # that orders are spread over; few, so that they meet
GOODS = "SELECT v.sku FROM variant v JOIN product p ON p.id = v.product_id JOIN stock s ON s.sku = v.sku WHERE p.active = 'Y' AND v.active = 'Y' ORDER BY s.qty DESC, v.sku LIMIT %s"  # noqa: E501


def say(text: str) -> None:
    """A line with the time."""
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)  # noqa: T201


def customers(stack: Stack, options: argparse.Namespace, folder: Path) -> "subprocess.Popen[bytes]":
    """Locust, for as long as the trouble lasts."""
    with stack.database("legacy") as legacy:
        skus = [row[0] for row in legacy.execute(GOODS, [VARIANTS])]
    environment = stack.environment | {
        "CHAOS_JOURNAL": str(folder / "journal"),
        "CHAOS_SEED": str(options.seed),
        "CHAOS_SKUS": " ".join(skus),
    }
    command = [
        *(sys.executable, "-m", "locust", "-f", "loadtests/chaos/customers.py", "--headless"),
        *("--host", stack.url, "-u", str(options.users), "-r", "10", "--only-summary"),
        *("-t", f"{int(options.minutes * 60)}s", "--stop-timeout", "25", "--exit-code-on-error=0"),
    ]
    log = (folder / "locust.log").open("wb")
    return subprocess.Popen(command, env=environment, cwd=PROJECT, stdout=log, stderr=log)


def trouble(stack: Stack, options: argparse.Namespace) -> None:
    """Everything of the plan, at its time or as soon as what came before is done."""
    dice = random.Random(options.seed)
    began = time.monotonic()
    for event in plan(options.seed, options.minutes * 60, stack.killable):
        time.sleep(max(0.0, began + event.at - time.monotonic()))
        if not isinstance(event, Flip):
            say(stack.kill(event.name, dice))
            continue
        say(stack.flip(event.route, event.place))


def run(options: argparse.Namespace, folder: Path) -> list[str]:
    """The whole; what must not be."""
    with ExitStack() as closing:
        stack = closing.enter_context(Stack(folder, options.port_base))
        with stack.database("legacy") as legacy:
            start = dict(legacy.execute(balance.STOCK).fetchall())
        shopping = customers(stack, options, folder)
        try:
            trouble(stack, options)
            shopping.wait(timeout=90)
        finally:
            shopping.kill()
        say("the customers have left; waiting until all is finished")
        stack.until_ready()
        found = proved(stack)
        databases = {name: closing.enter_context(stack.database(name)) for name in OWNERS}
        with (folder / "journal").open() as lines:
            wishes = journal.read(lines)
        fates = {fate: sum(wish.fate is fate for wish in wishes.values()) for fate in Fate}
        say("orders: " + ", ".join(f"{count} {fate.value}" for fate, count in fates.items()))
        by_saga = balance.by_saga(databases["legacy"])
        say(f"{by_saga} of them were written by sagas, the rest by legacy itself")
        if not fates[Fate.PLACED] or not by_saga:
            raise ChaosFailed("not one order came that way: nothing was tried")
        return found + settled(lambda: balance.check(databases, wishes, start))


def settled(look: Callable[[], list[str]]) -> list[str]:
    """What is found until nothing is, or patience ends: mails are sent last of all."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (found := look()) and time.monotonic() < deadline:
        time.sleep(0.5)
    return found


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


def main() -> int:
    """See above."""
    parser = argparse.ArgumentParser(description="Orders while everything dies.")
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10_000))
    parser.add_argument("--users", type=int, default=12)
    parser.add_argument("--port-base", type=int, default=18700)
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
