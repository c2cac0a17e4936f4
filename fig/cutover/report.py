"""What `fig cutover` prints."""

from collections.abc import Sequence

from chassis.cli.tables import table
from fig.cutover.checks import Check
from fig.cutover.moving import Move

SIGNS = {True: "ok", False: "NO", None: "-"}


def checks(found: Sequence[Check]) -> str:
    """A line for each, and under one that fails what to do."""
    rows = []
    for one in found:
        rows.append((SIGNS[one.good], one.name, one.words))
        if one.good is False and one.then:
            rows.append(("", "", f"next: {one.then}"))
    return table(("", "check", "what"), rows)


def move(done: Move, domain: str) -> str:
    """How long writes waited, and whether any failed."""
    if not done.good:
        return f"{domain} stays as it was: {done.words}"
    waits = done.waits
    count = int(waits.get("count") or 0)
    words = f"{domain} is owned by {done.toward}, in {done.seconds:.1f} s; "
    if count:
        words += (
            f"{count:,} writes waited: p50 {_ms(waits.get('p50'))}, p99 {_ms(waits.get('p99'))},"
            f" worst {_ms(waits.get('worst'))}; "
        )
    else:
        words += "no write had to wait; "
    return words + f"{done.failed} failed"


def _ms(seconds: object) -> str:
    return f"{float(str(seconds)) * 1000:,.0f} ms"


# What a closed window takes away; shown before --close is confirmed.
CLOSING = """\
Closing the window of '{domain}' cannot be undone. From then on
  - legacy's tables are not kept current: its pages show the state of that moment
  - there is no `fig cutover {domain} --back`
  - reading routes stay at new as well, without fallback
  - routes of '{domain}' may be retired"""
