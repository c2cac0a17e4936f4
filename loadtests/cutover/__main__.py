"""`python -m loadtests.cutover [--moves 20] [--share 0.33] [--kill] [--seed N]`; `make cutover`.

1 a stack with every route of the orders at `new`   2 how many orders a second it can do
3 a share of that, by API and pages, while `fig cutover orders` goes there and back
4 with --kill: the same while somebody is killed or frozen at each step
5 with --many 1000: so many orders on the new side, and prices; then back, where customers look
6 with --close: the window ends, and customers shop on
7 when all is finished: the customers' journal, both sides' books, `fig verify`

Exit codes: 0 every bar was met and the books balance, 1 not (a sentence each), 2 the run could not
go on.
"""

import argparse
import secrets
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from loadtests.chaos import balance, journal
from loadtests.chaos.running import STEADY, Crowd, concluded, customers, proved, say, settled
from loadtests.chaos.stack import OWNERS, Stack
from loadtests.cutover import closing, figures, returning, strikes
from loadtests.cutover.moves import Moved, there_and_back
from loadtests.cutover.striking import Striking

AT_NEW = ("goods", "orders")
SCRIPT = "loadtests/cutover/shoppers.py"
EAGER = 1000.0  # visits a second: each customer comes as soon as the last visit is over
LASTS = 7200.0  # seconds, at most; the customers are sent home before
WARM_SECONDS = 3.0
MOST_SHOWN = 20  # failed answers
SCARCE = """
SELECT s.sku FROM stock s JOIN variant v USING (sku) JOIN product p ON p.id = v.product_id
WHERE p.active = 'Y' AND v.active = 'Y' AND s.qty BETWEEN 5 AND 40 ORDER BY s.sku LIMIT 8
"""
NUMBERS = "SELECT split_part(order_no, '-', 3)::int, order_no FROM orders WHERE id > %s"
OURS = "SELECT order_no FROM owned_order WHERE placed"
WAITS = "SELECT seconds FROM domain_wait WHERE domain = 'orders'"
NEGATIVE = {
    "legacy": "SELECT sku FROM stock WHERE qty < 0",
    "inventory": "SELECT sku FROM level WHERE ledger < 0 OR quantity < 0",
}


class Shopping:
    """Customers from `with` to its end; then they finish their visits and leave."""

    def __init__(self, stack: Stack, crowd: Crowd, folder: Path, scarce: Sequence[str]) -> None:
        self._stack, self._crowd, self._folder, self._scarce = stack, crowd, folder, scarce

    def __enter__(self) -> None:
        self._process = customers(self._stack, self._crowd, self._folder, self._scarce)

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(timeout=60)
        finally:
            self._process.kill()


def capacity(stack: Stack, folder: Path, options: argparse.Namespace, scarce: list[str]) -> float:
    """Orders a second that were placed while every customer came again at once."""
    with Shopping(stack, _crowd(options, EAGER), folder, scarce):
        time.sleep(WARM_SECONDS)
        began = time.time()
        time.sleep(options.measured)
        ended = time.time()
    count = sum(1 for one in placed(folder) if began < one["at"] < ended)
    return count / float(options.measured)


def run(options: argparse.Namespace, folder: Path) -> list[str]:
    """The whole; what must not be."""
    (folder / STEADY).touch()
    with ExitStack() as exits:
        up = ("--instances", str(options.instances))
        stack = exits.enter_context(
            Stack(folder, options.port_base, *up, at_new=AT_NEW, home=options.home)
        )
        with stack.database("legacy") as legacy:
            start = dict(legacy.execute(balance.STOCK).fetchall())
            scarce = [row[0] for row in legacy.execute(SCARCE)]
            first = legacy.execute("SELECT max(id) FROM orders").fetchone()
        rate = options.rate
        if not rate:
            most = capacity(stack, folder, options, scarce)
            rate = most * options.share
            say(f"capacity: {most:.1f} orders/s; {options.share:.0%} of it: {rate:.1f} orders/s")
        with Shopping(stack, _crowd(options, rate / options.users), folder, scarce):
            returning.until_placed(1, lambda: len(placed(folder)))
            moves = there_and_back(stack, options.moves)
            outcomes = struck(stack, folder, options.strikes)
        found = many(stack, options, folder, scarce) if options.many else []
        say("the customers have left; waiting until all is finished")
        found += proved(stack)
        databases = {
            name: exits.enter_context(stack.database(name)) for name in (*OWNERS, "inventory")
        }
        written = journal.entries(folder)
        purchases = journal.read(written)
        found += settled(lambda: balance.check(databases, purchases, start))
        found += [one.wrong for one in outcomes if one.wrong]
        if options.many:
            found += returning.looked_at(stack) + proved(stack)
        if options.close:
            found += closed(stack, databases, folder, options, rate)
        run_ = Run(moves, purchases, written, (first or (0,))[0], bool(outcomes))
        return found + judged(databases, run_)


def struck(stack: Stack, folder: Path, wanted: list[strikes.Strike]) -> list[strikes.Outcome]:
    """Each of these; the table is said also where one of them never comes about."""
    outcomes: list[strikes.Outcome] = []
    try:
        for outcome in Striking(stack, folder / journal.NAME).all(wanted):
            outcomes.append(outcome)
    finally:
        if outcomes:
            say(f"the owner in the end, and when a write succeeded\n{strikes.table(outcomes)}")
    return outcomes


def many(
    stack: Stack, options: argparse.Namespace, folder: Path, scarce: Sequence[str]
) -> list[str]:
    """So many orders, with cancellations and prices, while the new side owns both; then back."""
    returning.owned_by_new(stack)
    before = len(placed(folder))
    prices = returning.Prices(stack.url, options.seed)
    with Shopping(stack, _crowd(options, EAGER, 2), folder, scarce), prices.meanwhile():
        returning.until_placed(options.many, lambda: len(placed(folder)) - before)
    say(f"{len(placed(folder)) - before} orders were placed, {prices.saved} prices saved")
    returning.back(stack)
    return prices.wrong


def placed(folder: Path) -> list[Mapping[str, Any]]:
    """Answers with an order."""
    written = journal.entries(folder)
    return [one for one in written if one["kind"] == "answered" and one["status"] == 201]


def closed(
    stack: Stack,
    databases: Mapping[str, Any],
    folder: Path,
    options: argparse.Namespace,
    rate: float,
) -> list[str]:
    """The window ends, and others shop on; what must not be."""
    later = folder / "closed"
    later.mkdir()
    (later / STEADY).touch()
    closing.close(stack)
    newest = databases["orders"].execute(closing.NEWEST).fetchone()[0]
    start = dict(databases["inventory"].execute(closing.STOCK).fetchall())
    with Shopping(stack, _crowd(options, rate / options.users, 1), later, ()):
        returning.until_placed(1, lambda: len(placed(later)))
        time.sleep(options.measured)
    written = journal.entries(later)
    purchases = journal.read(written)
    say(f"behind the closed window: {journal.fates(purchases)}")
    wrong = [f"behind the closed window: {one['status']}" for one in figures.failed(written)]
    wrong += proved(stack)
    return wrong + settled(lambda: closing.found(databases, purchases, (newest, start)))


@dataclass(frozen=True)
class Run:
    """What a run left. `first`: the highest id of an order before it; `struck`: it has no bars, for
    who is killed answers nobody."""

    moves: Sequence[Moved]
    purchases: Mapping[str, journal.Purchase]
    written: Sequence[Mapping[str, Any]]
    first: int
    struck: bool


def judged(databases: Mapping[str, Any], run: Run) -> list[str]:
    """Says the figures; what must not be."""
    moves, purchases, written = run.moves, run.purchases, run.written
    ours = {row[0] for row in databases["orders"].execute(OURS)}
    numbers = {row[0]: row[1] in ours for row in databases["legacy"].execute(NUMBERS, [run.first])}
    missing = figures.gaps(numbers)
    waits = figures.spread(row[0] for row in databases["orders"].execute(WAITS))
    failures = figures.failed(written)
    spans = [(one.began, one.ended) for one in moves if one.move]
    within, rest = figures.took(written, spans)
    good = sum(one.good for one in moves)
    lost = [sum(gap.missing for gap in missing if gap.ours == ours) for ours in (2, 1, 0)]
    say(f"moves: {good} of {len(moves)} calls came about")
    say(f"orders: {journal.fates(purchases)}")
    say(f"of them {len(ours)} were written while the new side owned the orders")
    say(f"writes that waited: {waits}")
    say(f"writes, while a command ran: {within}; else: {rest}")
    say(f"answers that never came or were errors: {len(failures)} of {len(written):,}")
    say(
        f"order numbers without an order: {lost[0]} between two of ours, {lost[1]} where the owner"
        f" changed, {lost[2]} between two of the monolith's"
    )
    oversold = [
        f"{row[0]} is below nothing in {name}"
        for name, statement in NEGATIVE.items()
        for row in databases[name].execute(statement)
    ]
    shown = [
        f"{one['kind']} {one.get('path', '')} {one['status']} {one['text']}"
        for one in failures[:MOST_SHOWN]
    ]
    if run.struck:
        return oversold
    return [*figures.objections(waits, len(failures), missing), *shown, *oversold]


def _crowd(options: argparse.Namespace, pace: float, number: int = 0) -> Crowd:
    """The dice name the orders: another crowd needs others."""
    seed = options.seed * 10 + number + 5 * (pace == EAGER)
    return Crowd(options.users, LASTS, seed, pace=pace, script=SCRIPT)


def main() -> int:
    parser = argparse.ArgumentParser(description="The orders change hands under load.")
    parser.add_argument("--moves", type=int, default=20)
    parser.add_argument("--share", type=float, default=1 / 3, help="of the capacity")
    parser.add_argument("--rate", type=float, default=0.0, help="orders/s, instead of a share")
    parser.add_argument("--measured", type=float, default=15.0, help="seconds, of the capacity")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10_000))
    parser.add_argument("--users", type=int, default=18)
    parser.add_argument("--instances", type=int, default=1, help="of each service")
    parser.add_argument("--port-base", type=int, default=18900)
    parser.add_argument(
        "--kill", nargs="?", const="", metavar="TOWARD:VICTIM:ACT:MOMENT,…",
        help="then kill and freeze: all strikes, or those named; a part left empty names all",
    )  # fmt: skip
    parser.add_argument("--many", type=int, default=0, help="orders of ours, before the way back")
    parser.add_argument("--close", action="store_true", help="at last end the window, and go on")
    parser.add_argument("--home", type=Path, help="begin with the shop of this data folder")
    parser.add_argument("--keep", action="store_true", help="leave the folder with logs")
    options = parser.parse_args()
    options.strikes = [] if options.kill is None else strikes.chosen(options.kill)
    say(f"seed {options.seed}, {options.moves} moves, {options.users} customers")
    good = "every bar was met: nothing failed, lost, doubled or sold twice"
    one = partial(run, options)
    return concluded(one, "cutover", good, seed=options.seed, keep=options.keep)


if __name__ == "__main__":
    sys.exit(main())
