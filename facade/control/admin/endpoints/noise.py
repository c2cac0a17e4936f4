"""`/api/compare/noise`: what was learned of noise, to be read from one facade and given to another.

A calibration learns in minutes what the running facade would learn while its first pairs differ.
"""

import time
from collections.abc import Callable, Collection

from fastapi import APIRouter

from facade.compare.noise.noise import RouteNoise
from facade.control.judging.noise import NoiseLearner


def noise_router(learner: NoiseLearner, known: Callable[[], Collection[str]]) -> APIRouter:
    """The endpoints; `known` names the routes of the table in force."""
    router = APIRouter(tags=["evidence"])

    @router.get("/api/compare/noise")
    async def learned() -> dict[str, RouteNoise]:
        """Of each route, where legacy differs from itself: paths and shapes, no values."""
        return learner.routes

    @router.post("/api/compare/noise")
    async def take(noise: dict[str, RouteNoise]) -> dict[str, list[str]]:
        """Take over what rests on more questions than we have put; returns the routes it did."""
        now, routes = time.time(), known()
        given = [name for name in noise if name in routes]
        return {"taken": [name for name in given if learner.take(name, noise[name], now)]}

    return router
