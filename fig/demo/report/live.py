"""What a person watches in the terminal meanwhile: one picture, drawn four times a second."""

from __future__ import annotations

import time
from collections import deque

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.padding import Padding
from rich.rule import Rule
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from fig.demo.judge.record import StepRecord
from fig.demo.judge.sample import Latency, Orders, RouteSample, Sample
from fig.demo.judge.series import SPAN, answered, points
from fig.demo.script.pace import API_ROUTES, MOVED
from fig.demo.script.step import Act

LEGACY, NEW, BAD = "dark_orange3", "turquoise4", "red"
STAGE = {"legacy": LEGACY, "shadow": "grey62", "canary": "turquoise4", "new": "bold turquoise2"}
BAR = 24  # characters
LINES = 9  # of what has happened
SPARK = "▁▂▃▄▅▆▇█"


class LiveView:
    """A `world.Watch` for a terminal. Use as a context manager; the last picture stays."""

    def __init__(self, console: Console) -> None:
        self.began = time.monotonic()
        self.act: Act | None = None
        self.title = self.say = self.words = ""
        self.spinner = Spinner("dots", style="cyan")
        self.happened: deque[Text] = deque(maxlen=LINES)
        self.samples: deque[Sample] = deque(maxlen=240)
        self.live = Live(console=console, get_renderable=self.draw, refresh_per_second=4)

    def __enter__(self) -> LiveView:
        self.live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.title = ""
        self.live.stop()

    def open(self, act: Act) -> None:
        self.act = act
        head = (f"Act {act.number}  ", "cyan"), (act.title, "bold")
        self.happened.append(Text.assemble(*head))

    def begin(self, title: str, say: str) -> None:
        self.title, self.say, self.words = title, say, ""

    def progress(self, words: str) -> None:
        self.words = words

    def see(self, sample: Sample) -> None:
        self.samples.append(sample)

    def event(self, words: str) -> None:
        self.happened.append(Text.assemble(("  · ", "dim"), words))

    def end(self, step: StepRecord) -> None:
        mark = ("✓ ", "green") if step.reached else ("✗ ", BAD)
        seconds = f"{step.ended - step.began:5.1f} s "
        self.happened.append(
            Text.assemble(
                mark, (seconds, "dim"), (step.title, "bold"), (f"  {step.sentence}", "dim")
            )
        )

    def draw(self) -> RenderableType:
        elapsed = int(time.monotonic() - self.began)
        clock, act = f"{elapsed // 60}:{elapsed % 60:02d}", self.act
        where = f" · act {act.number}: {act.title}" if act else ""
        parts: list[RenderableType] = [
            Rule(f"Strangler Fig · {clock}{where}", style="dim"),
            *([Text(act.say, "italic"), Text("")] if act else []),
            *self.happened,
            self.draw_now(),
        ]
        if self.samples:
            parts += [Padding(draw_routes(self.samples), (1, 0, 0, 0)), draw_load(self.samples)]
        return Group(*parts)

    def draw_now(self) -> RenderableType:
        """What happens at this moment, in one sentence."""
        if not self.title:
            return Text("")
        self.spinner.update(
            text=Text.assemble(
                (self.title, "bold cyan"), f": {self.say}", (f"  {self.words}", "yellow")
            )
        )
        return self.spinner


def draw_routes(samples: deque[Sample]) -> Table:
    """The app's routes: stage, who answers, how fast, what the comparison found."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for name in ("route", "stage"):
        table.add_column(name, no_wrap=True)
    table.add_column(Text.assemble(("■ legacy", LEGACY), " ", ("■ new", NEW)), no_wrap=True)
    for name in ("req/s", "legacy p50/p95", "new p50/p95", "pairs", "differ"):
        table.add_column(name, justify="right", no_wrap=True)
    for name in API_ROUTES:
        if name in samples[-1].routes:
            table.add_row(*route_cells(samples, name))
    return table


def route_cells(samples: deque[Sample], name: str) -> list[Text]:
    route, before = samples[-1].routes[name], earlier(samples)
    seconds = max(samples[-1].at - before.at, 0.001)
    sides = {side: answered(before, samples[-1], [name], side) for side in ("legacy", "new")}
    differ = route.pairs.mismatched
    return [
        Text(name, "bold"),
        Text(stage_of(route), STAGE.get(route.stage, "")),
        bar(sides["legacy"], sides["new"]),
        Text(f"{sum(sides.values()) / seconds:.0f}"),
        latency(route.latency.get("legacy")),
        latency(route.latency.get("new")),
        Text(f"{route.pairs.completed:,}"),
        Text(f"{differ:,}", f"bold {BAD}" if differ else "green"),
    ]


def draw_load(samples: deque[Sample]) -> Text:
    """The shoppers: how many, how much, how fast, and whether anything went wrong."""
    load = samples[-1].load
    excused = sum(load.excused.values())
    errors = max(0, samples[-1].server_errors - excused)
    rates = [sum(point.rates.values()) for point in points(list(samples)[-25:], MOVED)]
    bad = f"bold {BAD}"
    return Text.assemble(
        (f"\n{load.users} shoppers  {load.rps:.0f} requests/s ", ""),
        (spark(rates), "cyan"),
        "  p50/p95 ",
        latency(load.latency),
        (f"  {load.requests:,} requests, ", ""),
        (f"{load.failures} failed, {errors} × 5xx", bad if load.failures or errors else "green"),
        (f"  ({excused} needed legacy while it was stopped)" if excused else "", "dim"),
        (f"\n{came_of(load.orders)}" if load.orders.taken else "", ""),
    )


def came_of(orders: Orders) -> str:
    """What came of the orders, in words, and who came in."""
    later = f", {orders.pending} accepted for later ({orders.waiting} wait)"
    return (
        f"{orders.placed} orders in the app{later if orders.pending else ''}, "
        f"{orders.checkouts} on the pages; {orders.logins} logins, "
        f"{orders.registrations} new accounts"
    )


def earlier(samples: deque[Sample]) -> Sample:
    """The sample that lies a span before the last one."""
    last = samples[-1]
    return next((one for one in reversed(samples) if one.at <= last.at - SPAN), samples[0])


def stage_of(route: RouteSample) -> str:
    return f"{route.stage} {route.percent} %" if route.stage == "canary" else route.stage


def bar(legacy: int, new: int) -> Text:
    """Who answers, as a bar: legacy from the left, new from the right."""
    both = legacy + new
    if not both:
        return Text("·" * BAR, "dim")
    right = round(BAR * new / both)
    right = max(1, right) if new else 0
    right = min(BAR - 1, right) if legacy else BAR
    return Text.assemble(("▆" * (BAR - right), LEGACY), ("▆" * right, NEW))


def latency(figures: Latency | None) -> Text:
    """'9 / 24 ms', a dash where nothing was measured."""
    if figures is None or figures.p50 is None or figures.p95 is None:
        return Text("–", "dim")
    return Text(f"{figures.p50:.0f} / {figures.p95:.0f} ms")


def spark(values: list[float]) -> str:
    """A line of little bars for the last half minute."""
    top = max(values, default=0.0)
    return "".join(SPARK[round(value / top * (len(SPARK) - 1))] for value in values) if top else ""
