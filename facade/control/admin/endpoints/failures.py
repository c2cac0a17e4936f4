"""`/api/failures`: the requests that failed, to find one by the id that its client was given."""

from fastapi import APIRouter

from facade.control.reporting.failures import FailedRequest, Failures

SHOWN = 200


def failures_router(failures: Failures) -> APIRouter:
    """The endpoint."""
    router = APIRouter(tags=["status"])

    @router.get("/api/failures")
    async def failed(request_id: str = "") -> list[FailedRequest]:
        """The last requests that no side answered, or not to the end; the latest first."""
        return failures.find(request_id, SHOWN)

    return router
