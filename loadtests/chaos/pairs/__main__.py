"""`python -m loadtests.chaos.pairs [--minutes 3] [--seed 1]`; `make two-of-each`.

Two of each service; one of each pair is killed or frozen at random, under load. No read fails. A
write that waits at a frozen one is answered within its deadline, counted apart, and done at most
once.

Exit codes as of `python -m loadtests.chaos`.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from chassis.cli.calls import call_object
from loadtests.chaos.pairs import report, shop
from loadtests.chaos.pairs.crowd import Asking, Crowd
from loadtests.chaos.pairs.hits import Hitting
from loadtests.chaos.running import concluded, progressed, proved, say
from loadtests.chaos.stack import Stack
from loadtests.chaos.watch import OPEN, one

DEADLINE_SECONDS = 30.0  # of a write: the facade's `first_byte`


def run(stack: Stack, options: argparse.Namespace) -> list[str]:
    """The whole, on a stack that runs; what must not be."""
    shop.moved(stack)
    goods = shop.skus(stack)
    headers = [shop.logged_in(stack.url, number) for number in range(options.users)]

    def write(asking: Asking, of: Mapping[str, str], text: str) -> int:
        return shop.order(asking, of, text, goods[int(text[-4:], 16) % len(goods)])

    paths = [*shop.paths(goods), *shop.articles(stack.url)]
    crowd = Crowd(stack.url, paths, write, headers, options.users, options.writers)
    pairs = shop.pairs(stack)
    say(f"two of each: {', '.join(pairs)}; {options.users} read {len(paths)} paths")
    with crowd:
        with Hitting(pairs, stack.pid, partial(shop.whole, stack), options.seed) as hitting:
            time.sleep(options.minutes * 60)
        stack.until_ready()
    say("waiting until all is finished")
    with stack.database("orders") as orders:
        progressed(lambda: one(orders, OPEN))
    say("\n" + report.text(hitting.done, crowd.seen, DEADLINE_SECONDS))
    say(_counted(stack))
    found = hitting.wrong + report.objections(crowd.seen, DEADLINE_SECONDS, shop.done(stack))
    return found + proved(stack)


def _counted(stack: Stack) -> str:
    """What the facade counted of it."""
    status = call_object(f"{stack.state['urls']['admin']}/api/status")
    retries = sum(route["retries"] for route in status["routes"])
    failures = sum((Counter(route["failures"]) for route in status["routes"]), Counter())
    return (
        f"the facade asked another instance or connection {retries} times, legacy"
        f" {status['totals']['fallbacks']} times; failures of sides: {dict(failures) or 'none'}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description="One of each pair is killed or frozen.")
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--users", type=int, default=8)
    parser.add_argument("--writers", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--port-base", type=int, default=19150)
    options = parser.parse_args()

    def one(folder: Path) -> list[str]:
        with Stack(folder, options.port_base, "--instances", "2") as stack:
            return run(stack, options)

    good = "no read failed, and every write was done once or not at all"
    return concluded(one, "pairs", good, seed=options.seed)


if __name__ == "__main__":
    sys.exit(main())
