"""One HTML page that needs nothing else: no script, no font, no picture from anywhere."""

from html import escape

from facade.control.admin.models.evidence import Comparison, RouteComparison
from facade.control.admin.reports.section import at, section, table
from facade.control.admin.reports.style import STYLE

_HEAD = ("route", "stage", "compared", "matched", "differ", "raced", "declined", "failed",
         "shed", "differ at most (95 %)", "target")  # fmt: skip


def page(found: Comparison) -> str:
    """The whole document: an overview, then a part for each route with pairs."""
    differ = sum(one.mismatched for one in found.routes)
    compared = sum(one.compared for one in found.routes)
    title = f"{differ:,} of {compared:,} pairs differ"
    shown = [one for one in found.routes if _has_news(one)]
    parts = [
        f"<h1 class={'bad' if differ else 'good'}>{title}</h1>",
        f"<p>What the old and the new side answered to the same requests, until {at(found.now)}."
        f" {found.waiting:,} pairs were not judged yet.</p>",
        f"<section>{table(_HEAD, [*map(_row, shown)], 2)}{_silent(found, shown)}</section>",
        *(section(one) for one in shown),
    ]
    return (
        "<!doctype html>\n<html lang=en><head><meta charset=utf-8>"
        "<meta name=viewport content='width=device-width, initial-scale=1'>"
        f"<title>{title}</title><style>{STYLE}</style></head>\n<body><main>\n"
        + "\n".join(parts)
        + "\n</main></body></html>\n"
    )


def _row(one: RouteComparison) -> list[str]:
    counts = (one.compared, one.matched, one.mismatched, one.raced,
              one.declined, sum(one.failed.values()), sum(one.shed.values()))  # fmt: skip
    name = f"<a href='#{escape(one.route)}'>{escape(one.route)}</a>"
    numbers = [f"{count:,}" for count in counts]
    return [name, escape(one.told.stage), *numbers, one.told.bound, one.told.target]


def _has_news(one: RouteComparison) -> bool:
    overdue = any(known.overdue for known in one.expected)
    return bool(one.compared or one.dispatched or one.forced or one.rule_errors or overdue)


def _silent(found: Comparison, shown: list[RouteComparison]) -> str:
    """The routes that would be compared, of which no pair came."""
    names = [escape(one.route) for one in found.routes if one not in shown]
    return f"<p class=small>No pair yet: {', '.join(names)}.</p>" if names else ""
