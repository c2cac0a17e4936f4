"""Windows and verdicts of all routes that have a guard."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from facade.compare.answers import Pair
from facade.compare.verdict import Verdict as PairVerdict
from facade.control.admin.views.status import Sources
from facade.guard import keyshare, limits, surroundings
from facade.guard.keyshare import KeyShare
from facade.guard.position import of
from facade.guard.surroundings import Behind, Surroundings
from facade.guard.verdict import Kind, Verdict, together
from facade.guard.window import Counted, Window, counted
from facade.routes.config.routefile import LEGACY, RouteConfig
from facade.routes.ownership import pinned
from facade.routes.stages import Stage

SILENT_SECONDS = 3.0  # a worker that said nothing for so long
UNCOMPARED_SECONDS = 5.0  # pairs wait, and none was judged for so long
UNASKED_SECONDS = 30.0  # far above the time that a probe is given
LEAST_SECONDS = 10.0  # of a window that ends because a fault is over
_STANDS_SECONDS = 2.0
_NO_RATIO = float("inf")


@dataclass(frozen=True, slots=True)
class Ours:
    """How our own parts do: `waiting` pairs, none judged for `unjudged` seconds; `workers` due.

    `in_doubt` counts, by route, pairs that differ and wait for legacy's second answer.
    """

    waiting: int
    unjudged: float
    workers: int
    in_doubt: Mapping[str, int] = field(default_factory=dict)


class Watching:
    """One window and one verdict per route. Times are unix seconds."""

    def __init__(self, sources: Sources, ours: Callable[[], Ours]) -> None:
        self._sources, self._ours = sources, ours
        self.windows: dict[str, Window] = {}
        self.verdicts: dict[str, Verdict] = {}
        self.registered: frozenset[str] | None = None  # services with an instance; None: not known
        self._gone: dict[str, float] = {}  # service: since when it has none
        self._known: set[str] = set()
        self._lags = _Lags()
        self._total: dict[str, Any] = {"routes": {}, "upstreams": {}}
        self.counts: dict[str, Counted] = {}  # clients' requests in each window, at the last look
        self.now = 0.0  # of the last look

    def guarded(self) -> tuple[RouteConfig, ...]:
        """The routes that are watched."""
        routes = self._sources.tables.routes()
        return tuple(one for one in routes if one.guard and one.new)

    def followed(self) -> tuple[RouteConfig, ...]:
        """The routes that have a window: all with a new side."""
        return tuple(one for one in self._sources.tables.routes() if one.new)

    @property
    def exposed(self) -> bool:
        """Whether clients are on the new side of a route with a guard."""
        return any(of(one).share > 0 for one in self.guarded() if one.stage is not Stage.RETIRED)

    def judged(self, pair: Pair, verdict: PairVerdict) -> None:
        """Take in the verdict of one pair."""
        window = self.windows.get(pair.route)
        if window is not None and window.belongs(pair):
            config = next((one for one in self.followed() if one.name == pair.route), None)
            ratio = config.guard.max_p95_ratio if config and config.guard else None
            window.add(pair, verdict, ratio or _NO_RATIO)

    def begin(self, config: RouteConfig, now: float, why: str) -> None:
        """Open a new window: another stage or percentage, or evidence that was reset."""
        self.windows[config.name] = Window(
            config.name, now, config.stage.value, config.percent, why
        )

    def fault_over(self, config: RouteConfig, now: float) -> bool:
        """Whether what refuted the limit of errors is over. Only where clients do not depend on it:
        where they do, the route is moved back, and that begins a window."""
        verdict, window = self.verdicts[config.name], self.windows[config.name]
        proofs = {found.cause for found in verdict.findings if found.kind is Kind.BACK}
        return (
            proofs == {limits.ERRORS}
            and of(config).share == 0
            and now - window.since >= LEAST_SECONDS
            and limits.run_until_over(window.pairs) == 0
        )

    def expect(self, services: Iterable[str]) -> None:
        """These had an instance when an earlier process looked."""
        self._known |= set(services)

    def services(self, registered: frozenset[str], now: float) -> None:
        """Take in which services have an instance in the registry now."""
        self._known |= registered
        self.registered = registered
        for name in self._known - registered:
            self._gone.setdefault(name, now)
        for name in registered:
            self._gone.pop(name, None)

    def look(self, now: float) -> None:
        """Judge every guarded route."""
        self.now, self._total = now, self._sources.fleet.total()
        for config in self.followed():
            window = self.windows.get(config.name)
            if window is None:
                self.begin(config, now, "it is new here")
            elif (window.stage, window.percent) != (config.stage.value, config.percent):
                # Windows are kept once a second: a process killed after a move left an older one.
                self.begin(
                    config, now, f"{config.stage} was found, after a window of {window.stage}"
                )
            self.counts[config.name] = self.growth(config)
            self.windows[config.name].look(self.counts[config.name], now)
        self._lags.look(self._sources.lags.now if self._sources.lags else {})
        self.verdicts = {config.name: self._verdict(config, now) for config in self.guarded()}

    def growth(self, config: RouteConfig) -> Counted:
        """Clients' requests of the present window; nothing while its beginning is not known."""
        window = self.windows[config.name]
        sums = counted(self._total["routes"].get(config.name, {}))
        table = self._sources.tables.table
        if window.base is None and table and self._sources.fleet.all_decide_by(table.version):
            window.base = sums
        return Counted() if window.base is None else sums.since(window.base)

    def in_doubt(self, config: RouteConfig) -> int:
        """Pairs of a route that differ and are not evidence yet."""
        return self._ours().in_doubt.get(config.name, 0)

    def asked_new(self, config: RouteConfig) -> int:
        """Clients' requests on the new side in the present window."""
        counts = self.counts.get(config.name)
        return counts.new.requests if counts else 0

    def key_share(self, config: RouteConfig) -> KeyShare:
        """What the workers counted of the keys of a route."""
        counts = [
            worker.counters.get("keys", {}).get(config.name, {})
            for worker in self._sources.fleet.living()
        ]
        threshold = (config.percent or 0) if config.stage is Stage.CANARY else 0
        return keyshare.key_share(counts, config.seed or config.name, threshold)

    def _verdict(self, config: RouteConfig, now: float) -> Verdict:
        guard = config.guard
        assert guard is not None
        window, grown = self.windows[config.name], self.counts[config.name]
        calm = now - window.failed_at > limits.CALM_SECONDS
        evidence = limits.Evidence(
            config.stage, of(config).share, window.pairs, grown, window.pace(now), calm
        )
        found = [
            *surroundings.findings(self._around(config, now)),
            *limits.findings(guard, evidence),
        ]
        odd = keyshare.finding(self.key_share(config), grown.new.requests, grown.legacy.requests)
        verdict = together([*found, *([odd] if odd else [])])
        pin = self._pinned(config) if verdict.kind is Kind.BACK else None
        if pin is None:
            return verdict
        return replace(verdict, kind=Kind.PAUSE, words=f"{verdict.words}; {pin}")

    def _pinned(self, config: RouteConfig) -> str | None:
        """Why no machine may move this route back; None: it may."""
        table = self._sources.tables.table
        return pinned(config, table.file) if table else None

    def _around(self, config: RouteConfig, now: float) -> Surroundings:
        tables, upstreams = self._sources.tables, self._total["upstreams"]
        name = config.new or ""
        breakers = upstreams.get(name, {}).get("breaker", {})
        config_of = tables.table.upstreams.get(name) if tables.table else None
        gone = self._gone.get(config_of.service or "") if config_of else None
        return Surroundings(
            exposed=of(config).share > 0,
            upstream=name,
            breakers=_states(breakers),
            legacy_breakers=_states(upstreams.get(LEGACY, {}).get("breaker", {})),
            why_open=next((str(b.get("why", "")) for b in breakers.values() if _open(b)), ""),
            behind=self._behind(config, now),
            gone_for=None if gone is None else now - gone,
            ours=self._failing(now),
        )

    def _behind(self, config: RouteConfig, now: float) -> Behind | None:
        lags = self._sources.lags
        lag = lags.now.get(config.new or "") if lags else None
        if config.max_lag is None or lag is None:
            return None
        over, stands = self._lags.of(config.new or "", config.max_lag, now)
        return Behind(lag.seconds, config.max_lag, over, stands)

    def _failing(self, now: float) -> str:
        ours, living = self._ours(), self._sources.fleet.living()
        if len(living) < ours.workers:
            return f"{len(living)} of {ours.workers} workers speak to the control process"
        silent = [one for one in living if now - one.seen > SILENT_SECONDS]
        if silent:
            for_long = now - silent[0].seen
            return f"worker {silent[0].identity[0]} has not been heard of for {for_long:.0f} s"
        if ours.waiting and ours.unjudged > UNCOMPARED_SECONDS:
            since = f"none judged for {ours.unjudged:.0f} s"
            return f"nothing is compared: {ours.waiting:,} pairs wait, {since}"
        return ""


class _Lags:
    """Since when an upstream is over a limit, and whether its watermark moves."""

    def __init__(self) -> None:
        self._marks: dict[str, tuple[float, float]] = {}  # upstream: watermark, and when it moved
        self._last: dict[str, tuple[float, float]] = {}  # upstream: seconds behind, and when
        self._over: dict[tuple[str, float], float] = {}

    def look(self, lags: Mapping[str, Any]) -> None:
        for name, lag in lags.items():
            if lag.seconds is None:
                continue
            mark, before = lag.at - lag.seconds, self._marks.get(name)
            if before is None or mark > before[0] + 0.05:
                self._marks[name] = mark, lag.at
            self._last[name] = lag.seconds, lag.at

    def of(self, name: str, limit: float, now: float) -> tuple[float, bool]:
        """Seconds over the limit, and whether the watermark stands still."""
        seconds, at = self._last.get(name, (0.0, now))
        if seconds <= limit:
            self._over.pop((name, limit), None)
            return 0.0, False
        since = self._over.setdefault((name, limit), at)
        moved = self._marks.get(name, (0.0, at))[1]
        return at - since, at - moved >= _STANDS_SECONDS


def _states(breakers: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: str(facts.get("state", "")) for name, facts in breakers.items() if not _unasked(facts)
    }


def _unasked(facts: Mapping[str, Any]) -> bool:
    """Whether a half-open breaker waits for a probe that no client sends, and knows nothing.
    With a client there it is open again, or on the ramp, within seconds."""
    return facts.get("state") == "half-open" and float(facts.get("for") or 0.0) >= UNASKED_SECONDS


def _open(facts: Mapping[str, Any]) -> bool:
    return facts.get("state") == "open"
