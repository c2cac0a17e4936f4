"""The end of the demo: the promises in the terminal, and everything on one HTML page.

The page carries its charts and its style in itself, so that it can be sent to somebody.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from rich.console import Console
from rich.table import Table
from rich.text import Text

from fig.demo.judge.chapters import chapters
from fig.demo.judge.order_verdict import most
from fig.demo.judge.promise import Promise
from fig.demo.judge.record import Record
from fig.demo.judge.sample import Latency, RouteSample
from fig.demo.judge.series import bands, points
from fig.demo.judge.verdict import bound
from fig.demo.report import charts
from fig.demo.script.conditions import total
from fig.demo.script.pace import COMPARED, MOVED, ORDER_ROUTES, PRODUCT_ROUTES

HERE = Path(__file__).parent
PARTS = {
    1: (),
    2: ("caught", "evidence"),
    3: ("orders", "outage"),
    4: ("handovers",),
    5: ("farewell", "books"),
}  # of an act


@dataclass(frozen=True)
class Row:
    """One route in the table of the page."""

    name: str
    last: RouteSample
    legacy: Latency
    new: Latency

    @property
    def read(self) -> bool:
        """Whether it can be asked on both sides; writes are never copied."""
        return not self.last.match.startswith("POST ")

    @property
    def faster(self) -> float | None:
        """How many times faster the new side's p50 is; None when a side was not measured."""
        if not self.legacy.p50 or not self.new.p50:
            return None
        return self.legacy.p50 / self.new.p50


def render(record: Record, promises: list[Promise]) -> str:
    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined
    )
    environment.filters["clock"] = clock
    environment.filters["ms"] = lambda value: "–" if value is None else f"{value:.1f} ms"
    goods = points(record.samples, PRODUCT_ROUTES)
    stages = bands(record.samples, PRODUCT_ROUTES[0])
    drawn, outage = len(goods) > 1, record.outage
    gone = (outage.began, outage.ready) if outage else None
    deleted = record.gone.at if record.gone else None
    return environment.get_template("report.html").render(
        record=record,
        promises=promises,
        held=all(promise.held for promise in promises),
        broken=sum(not promise.held for promise in promises),
        answers=charts.answers(goods, stages, gone, deleted) if drawn else "",
        orders=order_chart(record, gone),
        latencies=charts.latencies(goods, stages) if drawn else "",
        evidence=charts.evidence(points(record.samples, COMPARED), stages) if drawn else "",
        rows=rows(record),
        chapters=chapters(record),
        parts=PARTS,
        pairs=total(record.last, COMPARED) if record.last else None,
        most=most,
        bound=bound,
        when=time.strftime("%Y-%m-%d %H:%M", time.localtime(record.began)),
        flips_ms=max((flip.ms for flip in record.flips if flip.ms is not None), default=None),
        price_ms=max((edit.ms for edit in record.prices if edit.ms is not None), default=None),
    )


def order_chart(record: Record, gone: tuple[float, float] | None) -> str:
    """Who took the orders and showed them; nothing before somebody asked."""
    asked = points(record.samples, ORDER_ROUTES)
    if not any(sum(point.rates.values()) for point in asked):
        return ""
    return charts.answers(asked, bands(record.samples, ORDER_ROUTES[0]), gone)


def rows(record: Record) -> list[Row]:
    """Each migrated route with both sides' latency from when both last answered."""
    if record.last is None:
        return []
    found = []
    for name in MOVED:
        if name not in record.last.routes:
            continue
        history = [
            sample.routes[name].latency for sample in record.samples if name in sample.routes
        ]
        sides = {
            side: next(
                (one[side] for one in reversed(history) if side in one and one[side].p50), Latency()
            )
            for side in ("legacy", "new")
        }
        found.append(Row(name, record.last.routes[name], sides["legacy"], sides["new"]))
    return found


def write(record: Record, promises: list[Promise], folder: Path) -> Path:
    """Write page and figures under `folder`; returns the page's path."""
    folder.mkdir(parents=True, exist_ok=True)
    stamp = time.strftime("%Y%m%d-%H%M%S", time.localtime(record.began))
    page = folder / f"demo-{stamp}.html"
    page.write_text(render(record, promises), encoding="utf-8")
    figures = {**document(record, promises, page), "record": asdict(record)}
    (folder / f"demo-{stamp}.json").write_text(json.dumps(figures, indent=1), encoding="utf-8")
    return page


def document(record: Record, promises: list[Promise], page: Path) -> dict[str, object]:
    """For programs: the verdict, each promise, what each act came to, the last act's figures."""
    alone = record.without
    return {
        "ok": all(promise.held for promise in promises),
        "broken": record.broken,
        "promises": [asdict(promise) for promise in promises],
        "acts": [
            {
                "act": one.act.number,
                "title": one.act.title,
                "ok": one.act.reached,
                "seconds": round(one.seconds, 1),
                "figures": [{"value": each.value, "what": each.words} for each in one.figures],
            }
            for one in chapters(record)
        ],
        "without_the_monolith": None if alone is None else asdict(alone),
        "report": str(page),
    }


def show(console: Console, record: Record, promises: list[Promise], page: Path) -> None:
    """The verdict for somebody who watches the terminal."""
    table = Table(box=None, padding=(0, 1), show_header=False)
    table.add_column(no_wrap=True)
    table.add_column()
    for promise in promises:
        mark = Text("✓", "bold green") if promise.held else Text("✗", "bold red")
        table.add_row(mark, Text.assemble((promise.name, "bold"), "\n", promise.evidence))
    console.print()
    console.print(story(record))
    console.print(table)
    broken = [promise.name for promise in promises if not promise.held]
    if broken:
        count = f"{len(broken)} promise{'s' if len(broken) > 1 else ''} broken:"
        console.print(f"\n[bold red]{count}[/] {'; '.join(broken)}")
        if record.broken:
            console.print(f"[red]{record.broken}[/]")
    else:
        console.print("\n[bold green]Every promise held.[/]")
    console.print(f"Report: {page}", soft_wrap=True)


def story(record: Record) -> Table:
    """A line for each act, with its figures."""
    table = Table(box=None, padding=(0, 1), show_header=False)
    table.add_column(no_wrap=True)
    table.add_column()
    for one in chapters(record):
        mark = ("✓ ", "bold green") if one.act.reached else ("✗ ", "bold red")
        figures = "; ".join(f"{each.value} {each.words}" for each in one.figures)
        head = Text.assemble(mark, f"Act {one.act.number}")
        table.add_row(head, Text.assemble((one.act.title, "bold"), f"\n{figures}"))
    return table


def clock(seconds: float) -> str:
    """75.3 → 1:15."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
