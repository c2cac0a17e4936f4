"""The promises the demo makes, each with whether it held and the evidence; pure.

The exit code is 0 only when all of them held.
"""

from __future__ import annotations

import math

from fig.demo.judge.end_verdict import end_promises
from fig.demo.judge.order_verdict import END, order_promises
from fig.demo.judge.promise import Promise
from fig.demo.judge.record import Difference, Record
from fig.demo.judge.sample import Pairs, Sample
from fig.demo.script.conditions import total
from fig.demo.script.pace import COMPARED, PRODUCT_ROUTES


def judge(record: Record) -> list[Promise]:
    """All promises, in the order they matter to a shopper."""
    return [
        no_request_failed(record),
        fault_caught_in_shadow(record),
        caught_by_nothing_later(record),
        pairs_equal_afterwards(record),
        *order_promises(record),
        none_retired(record),
        *(end_promises(record) if record.planned >= END else []),
        every_flip_took_effect(record),
        ran_to_the_end(record),
    ]


def exit_code(promises: list[Promise]) -> int:
    return 0 if all(promise.held for promise in promises) else 1


def no_request_failed(record: Record) -> Promise:
    """Shoppers count wrong contents as failures too; the facade counts its own 5xx.

    What only legacy could have answered while it was stopped on purpose is counted apart, by both.
    """
    load, excused = record.load, sum(record.load.excused.values())
    errors = (record.last.server_errors if record.last else 0) - needed_legacy(record)
    held = load.requests > 0 and load.failures == 0 and errors == 0
    evidence = f"{load.requests:,} requests, {load.failures} failed, {errors} answers with 5xx"
    if excused:
        evidence += f"; counted apart: {excused} needed legacy while it was stopped"
    if load.reasons:
        worst = load.reasons[0]
        evidence += f"; most often {worst.name}: {worst.reason} ({worst.count} times)"
    return Promise("no request failed", held, evidence)


def needed_legacy(record: Record) -> int:
    """Answers with 5xx that only legacy could have given, while it was stopped on purpose."""
    outage = record.outage
    if outage is None:
        return 0
    harmed = sum(outage.harmed.values())
    return sum(outage.errors.values()) - harmed + min(harmed, record.load.strangers)


def fault_caught_in_shadow(record: Record) -> Promise:
    """Caught while no client could have met it, and reason enough to refuse a promotion."""
    name = "the fault was caught in shadow"
    caught = record.caught
    if caught is None:
        return Promise(name, False, "the comparison never saw a difference")
    where = ", ".join(dict.fromkeys(one.path for one in caught.differences)) or "unknown"
    evidence = (
        f"{caught.mismatched} of {caught.pairs} pairs differed at {where}, "
        f"{caught.after:.1f} s after the first copy; {example(caught.differences)}"
        f"the new side had answered {caught.clients} clients; "
        f"a promotion was {'refused' if record.refusal else 'not refused'}"
    )
    held = caught.mismatched > 0 and caught.clients == 0 and bool(record.refusal)
    return Promise(name, held, evidence)


def caught_by_nothing_later(record: Record) -> Promise:
    """Nobody was answered by the faulty side, and no shopper ever saw a wrong answer."""
    name = "no client ever got a wrong answer"
    wrong = [
        one for one in record.load.reasons if not one.reason.startswith(("status", "no answer"))
    ]
    count = sum(one.count for one in wrong)
    served = clients_of_the_fault(record)
    if served is None:
        return Promise(name, False, "the fault was never switched off")
    evidence = (
        f"{served} requests were answered by the new side while the fault was on; "
        f"{count} contents were wrong of {record.load.requests:,} checked by shoppers"
    )
    return Promise(name, served == 0 and count == 0 and record.load.requests > 0, evidence)


def clients_of_the_fault(record: Record) -> int | None:
    """Requests the new side answered before the fault was off; None when it never was."""
    if record.fault_off is None:
        return None
    before = [sample for sample in record.samples if sample.at <= record.fault_off]
    return before[-1].answered("new") - before[0].answered("new") if before else 0


def pairs_equal_afterwards(record: Record) -> Promise:
    """Evidence collected from nothing after the fault was off, over all stages that followed."""
    name = "after the fault was off, the pairs compared equal"
    if record.fault_off is None or record.forgotten is None or record.last is None:
        return Promise(name, False, "no evidence was collected without the fault")
    pairs = total(record.last, COMPARED)
    least = fewest(record.last)
    evidence = (
        f"{pairs.completed:,} pairs, {pairs.mismatched} differed{bound(pairs)}; "
        f"{example(record.later)}"
        f"at least {least:,} on every product route ({record.pairs_needed} needed), "
        f"not counted: {pairs.raced} raced, {pairs.failed} declined or failed, {pairs.shed} shed"
    )
    return Promise(name, pairs.mismatched == 0 and least >= record.pairs_needed, evidence)


def none_retired(record: Record) -> Promise:
    """Refused, and for this reason: the data behind the route is legacy's until its cutover."""
    name, refusal = "no route is retired while legacy owns its data", record.not_retired
    evidence = refusal or "nobody asked to retire a route, or it was retired"
    return Promise(name, "legacy owns" in refusal, evidence)


def every_flip_took_effect(record: Record) -> Promise:
    """Every worker used the new file, and the traffic went where it says."""
    name = "every flip took effect"
    if not record.flips:
        return Promise(name, False, "nothing was flipped")
    bad = [flip for flip in record.flips if flip.ms is None or not (flip.moved or flip.passing)]
    times = sorted(flip.ms for flip in record.flips if flip.ms is not None)
    if bad:
        first = bad[0]
        what = "never reached all workers" if first.ms is None else f"traffic {dict(first.seen)}"
        return Promise(
            name,
            False,
            f"{len(bad)} of {len(record.flips)} did not: {first.route} → {first.target}: {what}",
        )
    idle = sum(flip.moved and not any(flip.seen.values()) for flip in record.flips)
    evidence = (
        f"{len(times)} flips, in all workers after {times[-1]:.0f} ms at most, traffic followed"
    )
    if idle:
        evidence += f" (after {idle} of them nobody happened to ask that route)"
    return Promise(name, True, evidence)


def ran_to_the_end(record: Record) -> Promise:
    """The script was not cut short."""
    done = sum(step.reached for step in record.steps)
    if record.finished and done == len(record.steps):
        return Promise("the script ran to its end", True, f"{done} steps{prices(record)}")
    return Promise("the script ran to its end", False, record.broken or "it stopped early")


def prices(record: Record) -> str:
    """How fast edited prices showed on the new side, in words; a figure, not a promise."""
    times = [edit.ms for edit in record.prices if edit.ms is not None]
    return (
        f"; edited prices showed on the new side after {max(times):.0f} ms at most" if times else ""
    )


def bound(pairs: Pairs) -> str:
    """With no difference in n pairs, at most 3/n of all requests differ; rounded up to 0.01 %."""
    if pairs.mismatched or not pairs.completed:
        return ""
    percent = math.ceil(3 / pairs.completed * 10_000) / 100
    return f" (95 % sure: at most {percent:.2f} % of all)"


def fewest(sample: Sample) -> int:
    """Completed pairs of the route that has the fewest."""
    return min(
        (sample.routes[name].pairs.completed for name in PRODUCT_ROUTES if name in sample.routes),
        default=0,
    )


def example(differences: tuple[Difference, ...]) -> str:
    """One pair of values in words."""
    if not differences:
        return ""
    one = differences[0]
    values = f"legacy {one.legacy}, new {one.new}{related(one)}"
    return f"for example {one.target} at {one.path}: {values}; "


def related(one: Difference) -> str:
    """What the comparison makes of the two values, in brackets."""
    return f" ({one.relation})" if one.relation else ""
