"""`GET /api/absence`: what still needed legacy, and since when that is watched without a gap."""

from dataclasses import asdict

from fastapi import APIRouter
from pydantic import BaseModel

from facade.control.absence.watch import Absence


class NeedView(BaseModel):
    """Something that legacy was asked for."""

    kind: str  # route, unmatched or identity
    name: str  # of the route, of the shape, of the upstream that was asked who is asking
    at: float  # unix seconds, the last time
    quiet: float  # seconds since
    number: int  # times, as long as the control process runs
    caller: str  # one of those who asked; empty: not known


class AbsenceView(BaseModel):
    """What `fig retire` judges by."""

    watched: float  # seconds without a gap
    since: float  # unix seconds
    gap: str  # why it began again then
    needs: list[NeedView]  # the latest first


def absence_router(absence: Absence) -> APIRouter:
    """The endpoint over what was watched."""
    router = APIRouter()

    @router.get("/api/absence", tags=["status"])
    async def api_absence() -> AbsenceView:
        """What legacy was asked for, when last, and the last caller."""
        needs = [NeedView(**asdict(need), quiet=quiet) for need, quiet in absence.needs()]
        return AbsenceView(
            watched=absence.watched(), since=absence.since, gap=absence.gap, needs=needs
        )

    return router
