"""`/api/traces`: the spans of one request, wherever it went."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from chassis.web.app import Problem
from facade.control.tracing.intake import Traces


class TracedSpan(BaseModel):
    """One span; times in unix seconds."""

    service: str
    instance: str
    trace: str
    span: str
    parent: str
    name: str
    kind: str
    start: float
    end: float
    error: str
    attributes: dict[str, Any]


class TraceView(BaseModel):
    """The spans that were found, in the order of their beginnings."""

    spans: list[TracedSpan]


def traces_router(traces: Traces) -> APIRouter:
    """The endpoint."""
    router = APIRouter(tags=["status"])

    @router.get("/api/traces/{wanted}")
    async def trace(wanted: str) -> TraceView:
        """By the id of a trace (a request has the same), an order's number, or a saga's id."""
        found = await traces.find(wanted)
        if not found:
            detail = "it was not sampled (facade.tracing in the route file), or is too old"
            raise Problem(404, f"nothing is known of {wanted}", detail)
        spans = [
            TracedSpan(service=one.service, instance=one.instance, **one.span) for one in found
        ]
        return TraceView(spans=spans)

    return router
