"""What people read of a repair: the plan, what was done, what was done before."""

from collections.abc import Iterable, Sequence
from typing import Any

from new_services.verify.repair.journal import Entry
from new_services.verify.repair.plan import Mend, Plan
from new_services.verify.repair.repair import Outcome

SHOWN = 20  # rows of one service that people get to see
# Service to what its rows' keys stand for.
DERIVED = {
    "catalog": "the documents of product",
    "orders": "the documents of order",
    "inventory": "the levels of",
    "sales": "",
    "accounts": "",
}
QUIET = {"lsn", "seq"}  # columns that say nothing to people


def plans(found: Sequence[Plan]) -> str:
    """What would be done."""
    parts = [_plan(each) for each in found if not each.empty or each.refused]
    if not parts:
        return "nothing to mend: both sides hold the same"
    return "\n\n".join([*parts, "nothing was written; `--apply` does it"])


def _plan(found: Plan) -> str:
    lines = [f"{found.service}: {len(found.mends)} rows become what legacy says"]
    lines += [line for mend in found.mends[:SHOWN] for line in _mend(mend)]
    if len(found.mends) > SHOWN:
        lines.append(f"  and {len(found.mends) - SHOWN} more")
    if found.made_anew:
        lines.append(f"  made again from the rows: {_derived(found.service, found.made_anew)}")
    return "\n".join([*lines, *(f"  not mended: {why}" for why in found.refused)])


def _mend(mend: Mend) -> Iterable[str]:
    yield f"  {mend.entity} {mend.key}  ({mend.kind})"
    before, after = _flat(mend.before), _flat(mend.after)
    if not mend.after or mend.after.get("deleted") or mend.after.get("gone"):
        yield "    is taken away"
    elif not mend.before:
        yield "    is written"
    for name in after:
        if before and name not in QUIET and not _same(before.get(name), after[name]):
            yield f"    {name}: {before.get(name)!r} -> {after[name]!r}"


def _same(old: Any, new: Any) -> bool:
    """Also where JSON writes a moment with a T, and our texts without."""
    return old == new or str(old).replace("T", " ") == str(new)


def _flat(row: Any) -> dict[str, Any]:
    """A row with the fields inside a mirror's row beside the others."""
    plain: dict[str, Any] = dict(row or {})
    inner: dict[str, Any] = plain.pop("fields", {})
    return plain | inner


def outcomes(done: Sequence[Outcome], *, undone: bool = False) -> str:
    """What was done."""
    if not done:
        return "nothing to mend: both sides hold the same"
    verb = "put back as before" if undone else "mended"
    lines = []
    for each in done:
        lines.append(f"{each.service}: {len(each.mended)} rows {verb} ({each.id})")
        if each.made_anew:
            lines.append(f"  made again from the rows: {_derived(each.service, each.made_anew)}")
        if each.left_alone:
            keys = [f"{mend.entity} {mend.key}" for mend in each.left_alone]
            lines.append(f"  left alone, they changed meanwhile: {_few(keys)}")
        if not undone:
            lines.append(f"  the way back: `fig repair --undo {each.id}`")
    return "\n".join(lines)


def entries(found: Sequence[Entry]) -> str:
    """The repairs that were made."""
    if not found:
        return "no repair was ever made"
    return "\n".join(
        f"{each.id}  {each.state:<8} {each.at}  {len(each.mends)} rows of {each.service}"
        + (f", and {_derived(each.service, each.made_anew)}" if each.made_anew else "")
        for each in found
    )


def _derived(service: str, keys: Sequence[str]) -> str:
    """What is derived, with its service's word for it."""
    return f"{DERIVED[service]} {_few(keys)}".lstrip()


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
