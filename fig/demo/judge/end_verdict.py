"""The promises about the monolith's end; pure. `order_verdict.py` has those about orders."""

from __future__ import annotations

from fig.demo.judge.order_verdict import SHOWN, differences
from fig.demo.judge.promise import Promise
from fig.demo.judge.record import Record
from fig.demo.script.pace import DOMAINS


def end_promises(record: Record) -> list[Promise]:
    """In the order in which they come about."""
    return [held_the_same(record), archived(record), stands_alone(record), laws_alone(record)]


def held_the_same(record: Record) -> Promise:
    """Right before each window closed."""
    name = "both sides held the same until the windows closed"
    closed = {one.domain: one.words for one in record.windows}
    evidence = "; ".join(f"{domain}: {words}" for domain, words in closed.items())
    return Promise(name, set(closed) == set(DOMAINS), evidence or "no window was closed")


def archived(record: Record) -> Promise:
    """Tried before anything was dropped, and after nothing had needed legacy."""
    name = "the monolith was deleted, and its archive tried before"
    gone = record.gone
    if gone is None:
        return Promise(name, False, "it was not deleted")
    evidence = (
        f"{len(record.retired)} routes retired; {gone.rows:,} rows in {gone.tables} tables "
        f"archived ({gone.size / 1e6:.1f} MB), restored on trial and equal; {gone.archive}"
    )
    return Promise(name, bool(record.retired and gone.rows), evidence)


def stands_alone(record: Record) -> Promise:
    """The last act's figures: nothing failed, nothing is excused, and the shop really worked."""
    name = "the shop stood without the monolith"
    alone, gone, last = record.without, record.gone, record.last
    if alone is None or gone is None or last is None:
        return Promise(name, False, "there was no such time")
    errors = last.server_errors - gone.errors
    evidence = (
        f"{alone.requests:,} requests in {alone.seconds:.0f} s, {alone.failed} failed, {errors} "
        f"answers with 5xx, {alone.apart} counted apart; {alone.orders} orders, {alone.logins} "
        f"logins, {alone.registrations} registrations"
    )
    wrong = alone.failed or errors or alone.apart
    real = alone.requests and alone.orders and alone.logins and alone.registrations
    return Promise(name, bool(real and not wrong), evidence)


def laws_alone(record: Record) -> Promise:
    """`fig verify` of what is left."""
    name = "the new side holds its laws alone (fig verify)"
    found = record.verified
    if found is None:
        return Promise(name, False, "it was not run")
    wrong = differences(found)
    across = sum(law.database == "books" for law in found.laws)
    evidence = (
        f"{len(found.laws)} laws, {across} of them across orders, payments and inventory; "
        f"{len(found.stuck)} sagas stuck, {found.letters} dead letters"
    )
    held = bool(across) and not wrong
    return Promise(name, held, "; ".join([*wrong[:SHOWN], evidence]))
