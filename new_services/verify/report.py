"""What people and programs read of a verification."""

from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from chassis.cli.tables import table
from new_services.verify.books.books import Sums
from new_services.verify.laws.laws import LawReport
from new_services.verify.rows.entity import EntityReport
from new_services.verify.rows.naming import Difference
from new_services.verify.verification import Report

SHOWN = 10  # differences of one entity that people get to see
HEAD = ("service", "entity", "legacy table", "rows", "differ", "what")


def as_json(report: Report) -> dict[str, Any]:
    """All of it, for programs."""
    return {
        "ok": report.differences == 0 and report.unsettled == 0,
        "deep": report.deep,
        "alone": report.alone,
        "seconds": round(report.seconds, 2),
        "taken": {name: _moment(micros) for name, micros in report.taken.items()},
        "differences": report.differences,
        "entities": [_entity(each) for each in report.entities],
        "laws": [_law(each) for each in report.laws],
        "books": None if report.sums is None else _sums(report.sums),
    }


def _sums(sums: Sums) -> dict[str, Any]:
    """Amounts as texts with two decimals."""
    return {
        "orders": sums.orders,
        "standing": sums.standing,
        "due": f"{sums.due:.2f}",
        "captured": f"{sums.captured:.2f}",
        "refunded": f"{sums.refunded:.2f}",
    }


def _entity(each: EntityReport) -> dict[str, Any]:
    return {
        "service": each.service,
        "entity": each.entity,
        "table": each.table,
        "rows": {"legacy": each.legacy_rows, "here": each.rows},
        "kinds": dict(Counter(found.kind.value for found in each.differences)),
        "differences": [difference(found) for found in each.differences],
        "not_looked_into": each.not_looked_into,
        "unsettled": each.unsettled,
        "in_motion": each.in_motion,
    }


def difference(found: Difference) -> dict[str, Any]:
    """One differing row."""
    return {
        "kind": found.kind.value,
        "key": found.key,
        "detail": found.detail,
        "fields": {each.name: {"legacy": each.legacy, "here": each.here} for each in found.fields},
    }


def _law(each: LawReport) -> dict[str, Any]:
    return {
        "law": each.name,
        "database": each.database,
        "in_motion": each.in_motion,
        "broken": [asdict(one) for one in each.breaches],
    }


def as_text(report: Report) -> str:
    """A table, what differs beneath it, and the verdict as the last line."""
    parts = [] if report.alone else [table(HEAD, [_row(each) for each in report.entities])]
    parts += [_details(each) for each in report.entities if each.differences]
    parts.append("\n".join(_law_line(each) for each in report.laws))
    if report.sums is not None:
        parts.append(_books_line(report.sums))
    return "\n\n".join((*parts, verdict(report)))


def verdict(report: Report) -> str:
    """One line."""
    if report.alone:
        took = f"{len(report.laws)} laws in {report.seconds:.1f} s; no row was compared with legacy"
        broken = sum(bool(law.breaches) for law in report.laws)
        return f"{broken} laws are broken ({took})" if broken else f"every law holds ({took})"
    rows = sum(each.legacy_rows for each in report.entities)
    how = "row by row" if report.deep else "by checksum"
    took = f"{rows:,} rows {how} and {len(report.laws)} laws in {report.seconds:.1f} s"
    if report.differences:
        return f"{report.differences} differences ({took}); `fig repair` plans their repair"
    if report.unsettled:
        return f"{report.unsettled} rows changed too often to be compared ({took}); try again"
    return f"both sides hold the same ({took})"


def _row(each: EntityReport) -> tuple[str, ...]:
    kinds = Counter(found.kind.value for found in each.differences)
    words = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
    if each.not_looked_into:
        words += f", and {each.not_looked_into} groups of rows more"
    if each.unsettled:
        words += f", {len(each.unsettled)} unsettled"
    rows = f"{each.legacy_rows:,}" + (
        "" if each.rows == each.legacy_rows else f" / {each.rows:,} here"
    )
    return (
        each.service, each.entity, each.table, rows, str(len(each.differences)),
        words.strip(", ") or "equal",
    )  # fmt: skip


def _details(each: EntityReport) -> str:
    lines = [f"{each.service} {each.entity}:"]
    for found in each.differences[:SHOWN]:
        lines.append(f"  {found.kind.value} {found.key}  {found.detail}".rstrip())
        for one in found.fields:
            lines.append(f"    {one.name}: legacy {one.legacy!r}, here {one.here!r}")
    if len(each.differences) > SHOWN:
        lines.append(f"  and {len(each.differences) - SHOWN} more (--json lists them)")
    return "\n".join(lines)


def _law_line(each: LawReport) -> str:
    if not each.breaches:
        return f"holds   {each.database}: {each.name}"
    first = each.breaches[0]
    where = f"{first.key}: expected {first.expected}, found {first.found}"
    more = f" and {len(each.breaches) - 1} more" if len(each.breaches) > 1 else ""
    return f"BROKEN  {each.database}: {each.name}: {where}{more}"


def _books_line(sums: Sums) -> str:
    return (
        f"the new side wrote {sums.orders:,} orders, {sums.standing:,} stand and are due"
        f" {sums.due:,.2f}; {sums.captured:,.2f} captured - {sums.refunded:,.2f} refunded"
        f" = {sums.captured - sums.refunded:,.2f}"
    )


def _moment(micros: int) -> str:
    return datetime.fromtimestamp(micros / 1e6, UTC).isoformat(timespec="microseconds")
