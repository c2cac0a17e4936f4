"""The admin port's endpoints about moves: guards, walks, undo, the journal."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from chassis.web.app import Problem
from facade.control.admin.models.moves import (
    Guards,
    GuardView,
    JournalView,
    OverrideView,
    RetreatView,
    Undone,
    WalkView,
)
from facade.control.admin.views.status import percent_of
from facade.control.guarding.guarding import Guarding
from facade.control.guarding.moving import NotMoved
from facade.control.guarding.record import Intent
from facade.control.guarding.requesting import WalkRequest
from facade.guard import plan as plans
from facade.guard.plan import NoWay
from facade.guard.position import Position, parse
from facade.guard.walk import Walk
from facade.journal.folder import checked, latest
from facade.routes.config.routefile import RouteConfig
from facade.routes.config.walkfile import Plan
from facade.routes.file.kinds.quantities import Duration
from facade.routes.file.kinds.values import Wrong
from facade.routes.stages import Stage

_MOST_ENTRIES = 5_000


class WalkQuery(BaseModel):
    """The walk that is asked for; what is empty is as the route file says."""

    routes: str
    to: str = "new"
    steps: str = ""
    wait: str = ""
    pairs: int | None = None
    bound: str = ""
    approve: str = ""
    who: str = ""
    why: str = ""
    source: str = ""


class BeginQuery(WalkQuery):
    """The same, to begin it."""

    who: str


def moves_router(guarding: Guarding) -> APIRouter:
    """The endpoints that move routes, and those that show moves."""
    router = APIRouter(tags=["moves"])
    _add_guards(router, guarding)
    _add_walks(router, guarding)
    _add_journal(router, guarding)
    return router


def _add_guards(router: APIRouter, guarding: Guarding) -> None:
    @router.get("/api/guards")
    async def api_guards() -> Guards:
        """What guards and walks say now, and whether anything stops them."""
        return guards_view(guarding)

    @router.post("/api/moves/announce")
    async def api_announce(
        routes: str, to: str, who: str, why: str = "", source: str = ""
    ) -> dict[str, str]:
        """Say who is about to move routes, so that the journal does."""
        position = _position(to)
        guarding.announce(
            Intent(dict.fromkeys(_names(routes), str(position)), who, "person", why, source,
                   guarding.now())
        )  # fmt: skip
        return {"announced": str(position)}

    @router.post("/api/undo")
    async def api_undo(
        who: str, route: str | None = None, why: str = "", source: str = ""
    ) -> Undone:
        """Take the last move back, if it led forward."""
        word = Intent({}, who, "person", why, source, guarding.now())
        try:
            return Undone(routes=await guarding.undo.take_back(route, word))
        except (NoWay, NotMoved) as reason:
            raise Problem(409, "not taken back", str(reason)) from None


def _add_walks(router: APIRouter, guarding: Guarding) -> None:
    @router.get("/api/walks")
    async def api_walks() -> list[WalkView]:
        """The walks, those that are over too."""
        return [walk_view(walk) for walk in guarding.record.walks]

    @router.get("/api/walks/dry-run")
    async def api_dry_run(query: Annotated[WalkQuery, Query()]) -> dict[str, object]:
        """What a walk would do, to how many clients, and which evidence is missing now."""
        try:
            return guarding.requests.dry_run(_request(guarding, query), guarding.now())
        except NoWay as reason:
            raise Problem(409, "no walk", str(reason)) from None

    @router.post("/api/walks")
    async def api_begin(query: Annotated[BeginQuery, Query()]) -> WalkView:
        """Begin a walk; it goes on by itself."""
        try:
            return walk_view(guarding.requests.begin(_request(guarding, query), guarding.now()))
        except NoWay as reason:
            raise Problem(409, "no walk", str(reason)) from None

    @router.post("/api/walks/change")
    async def api_change(routes: str, what: str, who: str, source: str = "") -> WalkView:
        """Pause, resume, abort or approve a walk."""
        if what not in ("pause", "resume", "abort", "approve"):
            raise Problem(400, "bad parameter", "what: expected pause, resume, abort or approve")
        try:
            found = guarding.requests.change(_names(routes), what, who, source, guarding.now())
        except NoWay as reason:
            raise Problem(409, "no change", str(reason)) from None
        return walk_view(found)


def _add_journal(router: APIRouter, guarding: Guarding) -> None:
    @router.get("/api/journal")
    def api_journal(route: str | None = None, limit: int = 50) -> JournalView:
        """The last entries of the journal."""
        folder = guarding.journal.folder
        entries = latest(folder, route, max(1, min(limit, _MOST_ENTRIES)))
        return JournalView(folder=str(folder), entries=entries)

    @router.post("/api/farewell")
    async def api_farewell(who: str, why: str, source: str = "") -> dict[str, bool]:
        """Enter that legacy has gone, once for each reason."""
        return {"entered": guarding.farewell(who, why, source)}

    @router.get("/api/journal/verify")
    def api_verify() -> dict[str, object]:
        """Whether the journal is as it was written."""
        return checked(guarding.journal.folder)


def guards_view(guarding: Guarding) -> Guards:
    """The whole answer."""
    override = guarding.mover.override
    return Guards(
        stopped=guarding.stopped(),
        frozen=guarding.frozen(),
        override=OverrideView(
            routes={name: str(Position(Stage(s), p)) for name, (s, p) in override.routes.items()},
            why=override.why, at=override.at,
        ) if override else None,
        journal=str(guarding.journal.folder),
        journal_away=guarding.observer.away,
        guards=[_guard(guarding, config) for config in guarding.watching.guarded()],
        walks=[walk_view(walk) for walk in guarding.record.walks],
        retreats=[
            RetreatView(route=one.cause, goals=one.goals, why=one.why, blocked=one.blocked)
            for one in guarding.record.retreats
        ],
    )  # fmt: skip


def _guard(guarding: Guarding, config: RouteConfig) -> GuardView:
    verdict = guarding.watching.verdicts.get(config.name)
    window = guarding.watching.windows.get(config.name)
    return GuardView(
        route=config.name,
        stage=config.stage.value,
        percent=percent_of(config),
        on_breach=config.guard.on_breach.value if config.guard else "",
        kind=verdict.kind.value if verdict else "hold",
        cause=verdict.cause if verdict else "",
        words=verdict.words if verdict else "not looked at yet",
        since=window.since if window else 0.0,
        begun_by=window.begun_by if window else "",
        findings=list(verdict.findings) if verdict else [],
    )


def walk_view(walk: Walk) -> WalkView:
    """A walk for people and programs."""
    here, goal = parse(walk.stands), parse(walk.to)
    left = plans.steps(walk.plan, here, goal) if here.rank < goal.rank else ()
    return WalkView(
        id=walk.id, routes=list(walk.routes), to=walk.to, plan=walk.plan.name, stands=walk.stands,
        state=walk.state.value, words=walk.words, seconds=walk.seconds,
        steps=[str(step) for step in left],
        approve=[str(s) for s in left if plans.asks(walk.plan, s) and str(s) not in walk.approved],
        who=walk.who, why=walk.why, begun=walk.begun, ended=walk.ended, backs=walk.backs,
    )  # fmt: skip


def _request(guarding: Guarding, query: WalkQuery) -> WalkRequest:
    """Raises NoWay; a problem, 400, where `to` is no position."""
    plan, to = _plan(guarding, query), _position(query.to)
    return WalkRequest(_names(query.routes), to, plan, query.who, query.why, query.source)


def _plan(guarding: Guarding, query: WalkQuery) -> Plan | None:
    """The plan as given, on top of the route file's; None: as the file says. Raises NoWay."""
    given = (query.steps, query.wait, query.bound, query.approve)
    if not any(given) and query.pairs is None:
        return None
    plan = guarding.known.plan_of(guarding.known.configs(_names(query.routes)))
    table = guarding.known.plans()
    if query.steps in table:
        plan = table[query.steps]
    elif query.steps:
        plan = replace(plan, steps=plans.parse_shares(query.steps), approve=())
    if query.wait:
        try:
            plan = replace(plan, time=0.0 if query.wait == "0" else Duration().parse(query.wait))
        except Wrong as wrong:
            raise NoWay(f"the time at each step: {wrong}") from None
    if query.pairs is not None:
        plan = replace(plan, pairs=max(0, query.pairs))
    if query.bound:
        plan = replace(plan, bound=plans.parse_shares(query.bound)[0])
    if query.approve:
        plan = replace(plan, approve=plans.approvals(query.approve.split(",")))
    return plan


def _names(routes: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in routes.split(",") if name.strip())


def _position(to: str) -> Position:
    """`canary 25%` or `new`; a problem, 400, otherwise."""
    try:
        return parse(to)
    except ValueError:
        expected = "a stage, or canary and a percentage such as 'canary 25%'"
        raise Problem(400, "bad parameter", f"to: expected {expected}, not '{to}'") from None
