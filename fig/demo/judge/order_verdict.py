"""The promises about orders; pure. `verdict.py` has the others."""

from __future__ import annotations

from collections.abc import Mapping

from fig.demo.judge.promise import Promise
from fig.demo.judge.record import Record, Verified
from fig.demo.script.pace import DOMAINS

CUTOVER, END = 4, 5  # acts
SHOWN = 3  # sentences about what is wrong


def order_promises(record: Record) -> list[Promise]:
    """In the order they matter to a customer."""
    return [
        taken_without_legacy(record),
        pending_finished(record),
        none_lost(record),
        way_back(record),
        *([handed_over(record)] if record.planned >= CUTOVER else []),
        *([both_sides_equal(record)] if record.planned < END else []),
    ]


def taken_without_legacy(record: Record) -> Promise:
    """Orders were accepted, and what had been moved was answered, while legacy was stopped.

    Of somebody who has just logged in, legacy alone knows who they are: that is counted apart.
    """
    name = "orders were taken while legacy was stopped"
    outage = record.outage
    if outage is None:
        return Promise(name, False, "legacy was never stopped and started")
    apart = ", ".join(f"{what} {count}" for what, count in most(record.load.excused))
    evidence = (
        f"{outage.taken} orders in {outage.ended - outage.began:.1f} s, {outage.pending} of them "
        f"as pending; the new side answered {outage.shown} reads; "
        f"counted apart, as only legacy could answer: {apart or 'nothing'}"
    )
    harm = sum(outage.harmed.values()) > record.load.strangers
    if harm:
        where = ", ".join(f"{route} {count}" for route, count in outage.harmed.items())
        evidence = f"answers with 5xx on routes of the new side: {where}; {evidence}"
    return Promise(name, outage.pending > 0 and outage.shown > 0 and not harm, evidence)


def pending_finished(record: Record) -> Promise:
    """Every order that was accepted for later became one, or was honestly refused."""
    name = "every pending order was finished"
    orders, outage = record.load.orders, record.outage
    if outage is None or record.back is None:
        return Promise(name, False, f"{orders.waiting} of {orders.pending} still wait")
    evidence = (
        f"{orders.pending} in all; those of the time without legacy "
        f"{max(0.0, record.back - outage.ready):.1f} s after it was up again"
    )
    return Promise(name, orders.waiting == 0, f"{orders.waiting} still wait; {evidence}")


def none_lost(record: Record) -> Promise:
    """What shoppers wrote down, against what there is on both sides."""
    name = "no acknowledged order was lost or doubled"
    found = record.verified
    if found is None:
        return Promise(name, False, "nobody looked")
    where = f"{found.by_saga} were written by the new side; each is once on both sides"
    if record.gone is not None:
        where = "each is there once"
    evidence = (
        f"{found.acknowledged} orders acknowledged, {found.accepted} of them at first as pending; "
        f"{where}"
    )
    if found.wrong:
        evidence = f"{len(found.wrong)} are not as confirmed: {'; '.join(found.wrong[:SHOWN])}"
    return Promise(name, not found.wrong and found.acknowledged > 0, evidence)


def way_back(record: Record) -> Promise:
    """Both sides show what the new side took, at the stage in which each answers."""
    name = "the way back was open"
    readings = {one.side: one for one in record.readings}
    wrong = [word for one in record.readings for word in one.wrong]
    words = [
        f"{readings[side].orders} orders of the new side read from {side}"
        for side in ("legacy", "new")
        if side in readings
    ]
    held = len(words) == 2 and not wrong and all(one.orders for one in record.readings)
    evidence = "; ".join([*wrong[:SHOWN], *words]) or "nobody went back"
    return Promise(name, held, evidence)


def handed_over(record: Record) -> Promise:
    """There, back and there again, each domain; nothing failed."""
    name = "each domain changed its owner there, back and there again"
    moves = record.handovers
    towards = {domain: [one.toward for one in moves if one.domain == domain] for domain in DOMAINS}
    failed = sum(one.failed for one in moves)
    waited, again = sum(one.waited for one in moves), sum(one.calls > 1 for one in moves)
    evidence = (
        f"{len(moves)} moves of {', '.join(DOMAINS)}; {waited} writes waited, the longest "
        f"{max((one.worst for one in moves), default=0.0):.0f} ms; {failed} writes failed"
    )
    if again:
        evidence += f"; {again} came about when they were tried again"
    held = all(toward == ["new", "legacy", "new"] for toward in towards.values())
    return Promise(name, held and not failed, evidence)


def both_sides_equal(record: Record) -> Promise:
    """`fig verify` is clean, no saga is stuck, there is no dead letter."""
    name = "both sides hold the same (fig verify)"
    found = record.verified
    if found is None:
        return Promise(name, False, "it was not run")
    wrong = differences(found)
    rows = sum(one.rows for one in found.entities)
    evidence = (
        f"{rows:,} rows in {len(found.entities)} tables, {len(found.laws)} laws; "
        f"{len(found.stuck)} sagas stuck, {found.letters} dead letters"
    )
    clean = not wrong and bool(found.entities and found.laws)
    return Promise(name, clean, "; ".join([*wrong[:SHOWN], evidence]))


def differences(found: Verified) -> list[str]:
    """A sentence for each thing that is not as it should be."""
    return [
        *(f"{one.service} {one.name}: {one.differ} rows differ" for one in found.entities
          if one.differ),
        *(f"{one.database}: not always true: {one.text}" for one in found.laws if one.broken),
        *(f"saga {one}" for one in found.stuck),
        *([f"{found.letters} dead letters"] if found.letters else []),
    ]  # fmt: skip


def most(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """The most frequent first."""
    return sorted(counts.items(), key=lambda item: -item[1])
