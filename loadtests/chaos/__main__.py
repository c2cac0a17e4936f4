"""`python -m loadtests.chaos [--minutes 5] [--seed N] [--users 12] [--home FOLDER]`; `make chaos`.

Exit codes: 0 the books balance, 1 they do not (each sentence is something that must not be),
2 the run itself could not go on. With the same seed the same things happen at the same times.
"""

import argparse
import secrets
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from loadtests.chaos import away, balance, journal
from loadtests.chaos.faults.between import Between
from loadtests.chaos.faults.carrying import Carrying
from loadtests.chaos.faults.session import ending
from loadtests.chaos.journal import Fate
from loadtests.chaos.owners import Owners
from loadtests.chaos.person import decided
from loadtests.chaos.report import Report, Struck
from loadtests.chaos.running import STEADY, Crowd, concluded, customers, proved, say, settled
from loadtests.chaos.stack import OWNERS, ChaosFailed, Stack
from loadtests.chaos.trouble import MOVED, Cutover, Flip, Kill, plan, session_ends
from loadtests.visitor import CUSTOMERS

LATE_SECONDS = 4.0
LASTING_TRIES = 5  # of the last flip of orders: something may just be dead
UNLUCKY_A_MINUTE, LEAST_UNLUCKY = 2, 3  # orders that legacy answers with a 500 each time
INSTANCES = "2"  # of each service


def trouble(stack: Stack, options: argparse.Namespace, steady: Path, carrying: Carrying) -> None:
    """Everything of the plan, at its time or as soon as what came before is done. Flips that are
    late by then are left out, or the last one would come when the customers have left."""
    began = time.monotonic()
    for event in plan(options.seed, options.minutes * 60, stack.killable):
        time.sleep(max(0.0, began + event.at - time.monotonic()))
        if isinstance(event, Kill):
            carrying.kill(event)
        elif isinstance(event, Cutover):
            carrying.move(event)
        elif not isinstance(event, Flip):
            carrying.begin(event)
        elif event.lasts or time.monotonic() <= began + event.at + LATE_SECONDS:
            flip(stack, event, steady, carrying)
    carrying.ended()


def flip(stack: Stack, event: Flip, steady: Path, carrying: Carrying) -> None:
    """Once, or until it is done where it has to last."""
    for _ in range(LASTING_TRIES if event.lasts else 1):
        say(said := stack.flip(event.route, event.place))
        carrying.flipped(said)
        if event.lasts and "refused" not in said:
            steady.touch()
            break


def run(options: argparse.Namespace, folder: Path) -> list[str]:
    """The whole; what must not be."""
    with ExitStack() as closing:
        unlucky = max(LEAST_UNLUCKY, round(UNLUCKY_A_MINUTE * options.minutes))
        between = closing.enter_context(Between(options.seed, unlucky))
        stack = closing.enter_context(_stack(options, folder, between))
        between.upstream = stack.state["ports"]["legacy"]
        with stack.database("legacy") as legacy:
            start = dict(legacy.execute(balance.STOCK).fetchall())
        report = Report()
        began = time.time()
        shopping = customers(stack, _crowd(stack, options), folder)
        carrying = Carrying(stack, between, report, options.seed)
        try:
            trouble(stack, options, folder / STEADY, carrying)
            shopping.wait(timeout=90)
        finally:
            shopping.kill()
        say("the customers have left; waiting until all is finished")
        stack.until_ready()
        carrying.settled()
        person = decided(stack, between)
        found = person.wrong + proved(stack)
        databases = {name: closing.enter_context(stack.database(name)) for name in OWNERS}
        entries = journal.entries(folder)
        purchases = journal.read(entries)
        _say_fates(purchases)
        by_saga = balance.by_saga(databases)
        say(f"{by_saga} of them were written by sagas, the rest by legacy itself")
        if not any(one.fate is Fate.PLACED for one in purchases.values()) or not by_saga:
            raise ChaosFailed("not one order came that way: nothing was tried")
        _add_lasting(report, began, between, entries)
        say(f"what went wrong, and whom it hit\n{report.text(entries)}")
        found += report.objections()
        found += settled(lambda: balance.check(databases, purchases, start))
        return found + (afterwards(stack, options, folder) if options.away else [])


def _stack(options: argparse.Namespace, folder: Path, between: Between) -> Stack:
    """Routes of domains that change hands begin at `new`; those that are flipped leave it."""
    up, home = _up(folder, between), options.home
    return Stack(folder, options.port_base, *up, at_new=sorted(set(MOVED)), home=home)


def _up(folder: Path, between: Between) -> list[str]:
    """Options for `fig up`: two of each service, with the proxy before legacy."""
    words = ["--instances", INSTANCES, *away.logging_to(folder)]
    for name in ("orders", "orders-2"):
        words += ["--set", f"{name}.ORDERS_LEGACY_URL=http://127.0.0.1:{between.port}"]
    return words


def _crowd(stack: Stack, options: argparse.Namespace) -> Crowd:
    """One of them has a session that ends in the middle."""
    lasts = options.minutes * 60
    with stack.database("legacy") as legacy:
        email = f"kunde{CUSTOMERS:03d}@example.org"
        row = legacy.execute("SELECT id FROM customer WHERE email = %s", [email]).fetchone()
    if row is None:
        raise ChaosFailed(f"the shop has no customer {email}")
    cookie = ending(stack.secret("session"), row[0], session_ends(lasts))
    return Crowd(options.users, lasts, options.seed, cookie)


def _say_fates(purchases: Mapping[str, journal.Purchase]) -> None:
    say(f"orders: {journal.fates(purchases)}")
    again = sum(purchase.again for purchase in purchases.values())
    looks = sum(len(purchase.looks) for purchase in purchases.values())
    say(f"{again} of them were asked for again with their key; {looks} times one was looked up")


def _add_lasting(
    report: Report, began: float, between: Between, entries: list[Mapping[str, Any]]
) -> None:
    """What lasted for the whole run, or came by itself."""
    now, attempts = time.time(), sum(between.unlucky.values())
    of = f"attempts of {len(between.unlucky)} orders"
    report.add(Struck("legacy: 500 each time", began, now, attempts, of))
    refused = [entry for entry in entries if entry.get("ending") and entry["status"] == 401]
    ended = between.struck["session ended"] + len(refused)
    report.add(Struck("session ended", began, now, ended, "answers with 401, to him or to a saga"))


def afterwards(stack: Stack, options: argparse.Namespace, folder: Path) -> list[str]:
    """On the same stack: legacy stops answering for some seconds more."""
    say(Owners(stack).home("orders"))
    calm = folder / "away"
    calm.mkdir()
    (calm / away.LOG).symlink_to(folder / away.LOG)
    asked = argparse.Namespace(**vars(options), seconds=options.away, how="frozen")
    return away.observed(stack, asked, calm)


def main() -> int:
    parser = argparse.ArgumentParser(description="Orders while everything dies.")
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10_000))
    parser.add_argument("--users", type=int, default=12)
    parser.add_argument("--port-base", type=int, default=18700)
    parser.add_argument("--away", type=float, default=0.0, help="then freeze legacy, for seconds")
    parser.add_argument("--home", type=Path, help="begin with the shop of this data folder")
    parser.add_argument("--keep", action="store_true", help="leave the folder with logs")
    options = parser.parse_args()
    say(f"seed {options.seed}, {options.minutes:g} minutes, {options.users} customers")
    good = "the books balance: nothing lost, nothing doubled, nothing left behind"
    one = partial(run, options)
    return concluded(one, "chaos", good, seed=options.seed, keep=options.keep)


if __name__ == "__main__":
    sys.exit(main())
