"""`python -m loadtests.chaos.feed [--minutes 2] [--rate 200] [--seed N]`; `make chaos-feed`.

A stack of its own. Exit codes: 0 `fig verify --deep` is clean, 1 it is not, 2 the run itself could
not go on. The seed decides which process is killed when.
"""

import argparse
import random
import secrets
import sys
import time
from collections import Counter
from pathlib import Path

from loadtests.chaos.feed.writer import Writer
from loadtests.chaos.running import concluded, say
from loadtests.chaos.stack import ChaosFailed, Stack

WRITERS = 4
PAUSE_SECONDS = (0.3, 3.0)  # between kills
ENOUGH = 0.95  # of the rate asked for
READ_MODELS = ("catalog", "orders", "inventory", "sales", "accounts")
BETWEEN = ("feed", "nats", "postgres")
# Of work between two deaths of one process: else nothing would be done. While PostgreSQL is away
# nobody can commit, and it is a rate of commits that the others shall be killed under.
REST_SECONDS = dict.fromkeys((*BETWEEN, *READ_MODELS), 5.0) | {"postgres": 15.0}
SETTLE_SECONDS = 120.0
NO_VERDICT = 2


def kill_at_random(stack: Stack, seconds: float, dice: random.Random) -> Counter[str]:
    """For so long; how often each was hit. Who has not worked for a while since is spared."""
    killed: Counter[str] = Counter()
    since: dict[str, float] = {}  # when it was first seen ready after its last death
    until = time.monotonic() + seconds
    while (now := time.monotonic()) < until:
        states = {process["name"]: process["state"] for process in stack.state["processes"]}
        ready = [name for name in (*BETWEEN, *READ_MODELS) if states.get(name) == "ready"]
        for name in ready:
            since.setdefault(name, now)
        victims = [name for name in ready if now - since[name] > REST_SECONDS[name]]
        for name in dice.sample(victims, min(len(victims), dice.choice((1, 1, 1, 2)))):
            killed[name] += "(pid " in stack.kill(name, dice)
            del since[name]
        time.sleep(dice.uniform(*PAUSE_SECONDS))
    return killed


def verify(stack: Stack) -> int:
    """The exit code of `fig verify --deep`; asked again while it has no verdict."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        done = stack.fig("verify", "--deep")
        if done.returncode != NO_VERDICT or time.monotonic() > deadline:
            print(done.stdout + done.stderr, flush=True)  # noqa: T201
            return done.returncode
        time.sleep(1.0)


def run(stack: Stack, options: argparse.Namespace) -> int:
    """Write and kill, let all come back, verify. Raises ChaosFailed."""
    dice = random.Random(options.seed)
    rate = options.rate / WRITERS
    seeds = [dice.randrange(2**32) for _ in range(WRITERS)]
    writers = [Writer(stack.address("legacy"), rate, random.Random(seed)) for seed in seeds]
    for writer in writers:
        writer.start()
    began = time.monotonic()
    try:
        killed = kill_at_random(stack, options.minutes * 60, dice)
    finally:
        for writer in writers:
            writer.finish()
    passed = time.monotonic() - began
    done: Counter[str] = sum((writer.done for writer in writers), Counter())
    refused: Counter[str] = sum((writer.refused for writer in writers), Counter())
    reached = done["commits"] / passed
    say(f"{done['commits']} commits, {reached:.0f}/s: {dict(done)}")
    if reached < ENOUGH * options.rate:
        say(f"that is less than the {options.rate:g}/s asked for: this machine is too slow or busy")
    say(f"refused: {dict(refused)}; killed: {dict(killed)}")
    if done["commits"] < options.rate * passed / 20:
        raise ChaosFailed("too few commits: little was tried")
    stack.until_ready()
    say("all is up again")
    return verify(stack)


def main() -> int:
    parser = argparse.ArgumentParser(description="Write and kill, then compare both sides.")
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--rate", type=float, default=200.0, help="commits a second")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10_000))
    parser.add_argument("--port-base", type=int, default=18900)
    parser.add_argument("--keep", action="store_true", help="leave the folder with logs")
    options = parser.parse_args()
    say(f"seed {options.seed}, {options.minutes:g} minutes at {options.rate:g} commits/s")

    def one(folder: Path) -> list[str]:
        with Stack(folder, options.port_base) as stack:
            code = run(stack, options)
        return [f"fig verify --deep says {code}"] if code else []

    good = "both sides hold the same"
    return concluded(one, "chaos-feed", good, seed=options.seed, keep=options.keep)


if __name__ == "__main__":
    sys.exit(main())
