"""What must hold before a domain changes its owner: pure, each check with what to do next.

A check that fails stops the cutover before anything has begun. A note stops nothing: it names what
a person should know, such as programs that write past the facade.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fig.cutover.owning import NEW, Standing
from fig.cutover.routefile import InFile
from fig.cutover.verified import EQUAL, Verified
from fig.cutover.writers import Writers

AT_NEW = ("new", "retired")
SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
MOST_NAMED = 5
QUERY_SHOWN = 80  # characters


@dataclass(frozen=True, slots=True)
class Check:
    """`good` False stops the cutover, None is a note; `then` says what to do next."""

    name: str
    good: bool | None
    words: str
    then: str = ""


@dataclass(frozen=True, slots=True)
class Looked:
    """Everything that is looked at. `facade` is its /api/status; `parked` sagas by id."""

    domain: str
    toward: str
    standing: Standing
    in_file: InFile
    facade: Mapping[str, Any]
    bound: float  # of the rate of wrong answers, 0..1
    parked: Sequence[str] = ()
    writers: Writers = field(default_factory=Writers)
    verified: Verified | None = None


def judge(looked: Looked) -> list[Check]:
    """Every check of this direction, in order."""
    checks = TO_NEW if looked.toward == NEW else TO_LEGACY
    return [check for each in checks for check in each(looked)]


def _routes(looked: Looked) -> Iterator[Check]:
    """All of them, also those that read: legacy's answers would be those of a copy."""
    name, routes = "routes at new", looked.in_file.routes
    behind = [one for one in routes if one["stage"] not in AT_NEW]
    if not behind:
        yield Check(name, True, f"all {len(routes)}, of which {_writing(routes)} write")
        return
    there = ", ".join(f"{one['name']} ({one['stage']})" for one in behind[:MOST_NAMED])
    more = len(behind) - MOST_NAMED
    there += f" and {more} more" if more > 0 else ""
    names = ",".join(one["name"] for one in behind)
    yield Check(name, False, f"not yet: {there}", f"fig migrate {names}")


def _writing(routes: Sequence[Mapping[str, Any]]) -> int:
    return sum(1 for one in routes if one["writes"])


def _evidence(looked: Looked) -> Iterator[Check]:
    """The bound of every route that has pairs, from the time when it had them."""
    writes = {one["name"] for one in looked.in_file.routes if one["writes"]}
    names = {one["name"] for one in looked.in_file.routes} - writes
    found = [one for one in looked.facade["routes"] if one["name"] in names and one["sample"]]
    short = [one for one in found if one["compare"]["upper_bound"] > looked.bound]
    name = "comparison"
    if not short:
        yield Check(name, True, f"{len(found)} routes, each at most {looked.bound:.2%} wrong")
    for one in short[:MOST_NAMED]:
        pairs = one["compare"]
        words = (
            f"{one['name']}: {pairs['compared']:,} pairs, {pairs['mismatched']:,} differ: at most"
            f" {pairs['upper_bound']:.2%} wrong, and {looked.bound:.2%} is allowed"
        )
        then = f"fig compare {one['name']}; more pairs in canary, or a wider --bound PERCENT"
        yield Check(name, False, words, then)
    if len(short) > MOST_NAMED:
        yield Check(name, False, f"and {len(short) - MOST_NAMED} more routes: fig compare")


def _verified(looked: Looked) -> Iterator[Check]:
    found, name = looked.verified, "verified"
    if found is None:
        yield Check(name, False, "not verified", f"fig verify {looked.domain}")
    elif found.code == EQUAL:
        yield Check(name, True, "both sides hold the same")
    elif found.equal is False and found.code == 1:
        yield Check(name, False, f"the sides differ: {found.words}", "fig verify; fig repair")
    else:
        yield Check(name, False, f"no verdict: {found.words}", "fig status; then again")


def _sagas(looked: Looked) -> Iterator[Check]:
    if not looked.parked:
        yield Check("sagas", True, "none is parked")
        return
    ids = ", ".join(looked.parked[:MOST_NAMED])
    then = f"fig saga {looked.parked[0]}"
    yield Check("sagas", False, f"{len(looked.parked)} are parked: {ids}", then)


def _reverse(looked: Looked) -> Iterator[Check]:
    reverse = looked.standing.raw.get("reverse") or {}
    if reverse.get("ready"):
        lag = reverse.get("lag") or 0.0
        words = f"ready, {reverse.get('pending', 0)} rows behind, {lag:.1f} s"
        yield Check("reverse feed", True, words)
    else:
        why = str(reverse.get("trouble") or "it does not report that it is ready")
        yield Check("reverse feed", False, why, "fig logs " + looked.domain)


def _fence(looked: Looked) -> Iterator[Check]:
    """It is installed, and stands as the owner wants it."""
    fence, tables = looked.standing.raw.get("fence") or {}, looked.writers.tables
    off = [row["name"] for row in tables if not row["works"]]
    there = ", ".join(row["name"] for row in tables)
    if fence.get("trouble"):
        yield Check("fence", False, str(fence["trouble"]), "fig status; then again")
    elif not tables or off:
        what = f"off at {', '.join(off)}" if off else f"not installed for '{looked.domain}'"
        then = "run legacy's migrations again: they install the fence"
        yield Check("fence", False, f"the fence is {what}", then)
    else:
        state = "open" if fence.get("owner") == "legacy" else "closed"
        yield Check("fence", True, f"installed, {state}: {there}")


def _in_the_way(looked: Looked) -> Iterator[Check]:
    """Transactions that would let the fence wait."""
    for row in looked.writers.prepared:
        words = f"prepared transaction '{row['gid']}' of {row['role']}, {row['seconds']:.0f} s old"
        then = f"COMMIT PREPARED '{row['gid']}', or ROLLBACK PREPARED '{row['gid']}'"
        yield Check("transactions", False, words, then)
    for row in looked.writers.long:
        query = " ".join(str(row["query"]).split())[:QUERY_SHOWN]
        words = (
            f"pid {row['pid']} ({row['role']}, {row['program'] or 'no name'}, {row['state']}) has"
            f" held {row['tables']} for {row['seconds']:.0f} s: {query}"
        )
        then = f"let it end, or SELECT pg_terminate_backend({row['pid']})"
        yield Check("transactions", False, words, then)
    if not looked.writers.prepared and not looked.writers.long:
        yield Check("transactions", True, "none is prepared, none has written for long")


def _who_writes(looked: Looked) -> Iterator[Check]:
    """Notes: every way by which something may write, which the fence will refuse."""
    counted = {one["name"]: one["requests"] for one in looked.facade["routes"]}
    names = [one["name"] for one in looked.in_file.routes if one["writes"]]
    counts = [f"{name} {sum(counted.get(name, {}).values()):,}" for name in names]
    yield Check("writing routes", None, ", ".join(counts) or "none")
    shapes = [
        f"{one['method']} {one['shape']} {one['requests']:,}"
        for one in looked.facade["unmatched"]["shapes"]
        if one["method"] not in SAFE
    ]
    if shapes:
        yield Check("of no route", None, f"legacy gets {', '.join(shapes[:MOST_NAMED])}")
    sessions = [
        f"{row['role']} {row['program'] or '(no name)'} x {row['sessions']}"
        for row in looked.writers.sessions
    ]
    yield Check("sessions", None, ", ".join(sessions) or "none in legacy's database")
    roles = [row["role"] + _might(row) for row in looked.writers.roles]
    yield Check("may write", None, ", ".join(roles) or "no role")


def _might(row: Mapping[str, Any]) -> str:
    if row["superuser"]:
        return " (superuser: may drop the fence)"
    return " (owner: may drop the fence)" if row["owner"] else ""


def _window(looked: Looked) -> Iterator[Check]:
    if looked.standing.window == "open":
        yield Check("window", True, "open")
    else:
        yield Check("window", False, "closed: there is no way back", "")


def judge_closing(looked: Looked) -> list[Check]:
    """What must hold before the window ends."""
    return [check for each in CLOSING for check in each(looked)]


def _caught_up(looked: Looked) -> Iterator[Check]:
    pending = (looked.standing.raw.get("reverse") or {}).get("pending")
    good = pending == 0
    words = "legacy has every row" if good else f"{pending} rows are on their way to legacy"
    yield Check("reverse feed", good, words, "" if good else "wait for it, or fig status")


TO_NEW = (
    _routes, _evidence, _sagas, _reverse, _fence, _in_the_way, _who_writes, _verified,
)  # fmt: skip
CLOSING = (_window, _routes, _sagas, _caught_up, _verified)
TO_LEGACY = (_window, _sagas, _reverse, _fence, _in_the_way, _who_writes)
