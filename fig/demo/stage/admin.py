"""The facade's admin API, as far as the demo asks it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Mapping
from typing import Any

import httpx2

from chassis.process.tokens import authorization
from fig.demo.judge.sample import RouteSample
from fig.demo.stage.samples import sample_of
from fig.demo.stage.world import DemoFailed

POLL = 0.02  # seconds
PATIENCE = 15.0  # seconds for an answer: the control process has the lowest priority


class Admin:
    """Close it after use. Everything but `status` raises DemoFailed."""

    def __init__(self, url: str, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self._url = url
        self.http = httpx2.AsyncClient(base_url=url, timeout=3.0, transport=transport)

    async def status(self) -> dict[str, Any] | None:
        """None when there is no answer within seconds."""
        try:
            answer = await self.http.get("/api/status", headers=authorization(self._url))
            return dict(answer.raise_for_status().json())
        except (httpx2.HTTPError, ValueError):
            return None

    async def compare(self, route: str) -> dict[str, Any]:
        return await self.read("/api/compare", route=route)

    async def reset(self, route: str) -> None:
        """Forget a route's evidence."""
        await self.read("/api/compare/reset", "POST", route=route)

    async def routes(self) -> Mapping[str, RouteSample]:
        """Every route at this moment, by its name."""
        status = await self.status()
        if status is None:
            raise DemoFailed("the facade's admin API does not answer")
        return sample_of(status).routes

    async def positions(self, routes: Collection[str]) -> dict[str, str]:
        """Where routes stand, as `fig flip` wants it: "canary 25"."""
        known = await self.routes()
        missing = [name for name in routes if name not in known]
        if missing:
            raise DemoFailed(f"the facade has no route {', '.join(missing)}; the demo moves these")
        found = {name: (known[name].stage, known[name].percent) for name in routes}
        return {
            name: stage if percent is None else f"{stage} {percent}"
            for name, (stage, percent) in found.items()
        }

    async def reached(self, version: str, within: float) -> float | None:
        """Ms until every worker decides by this version; None when not within these seconds."""
        began = time.monotonic()
        while time.monotonic() - began < within:
            status = await self.status()
            if status and sample_of(status).everywhere(version):
                return (time.monotonic() - began) * 1000
            await asyncio.sleep(POLL)
        return None

    async def read(self, path: str, method: str = "GET", **query: str) -> dict[str, Any]:
        """The JSON object at a path."""
        try:
            answer = await self.http.request(
                method, path, params=query, headers=authorization(self._url), timeout=PATIENCE
            )
            return dict(answer.raise_for_status().json())
        except (httpx2.HTTPError, ValueError) as error:
            why = str(error) or type(error).__name__
            raise DemoFailed(f"the facade's admin API, {method} {path}: {why}") from error

    async def close(self) -> None:
        await self.http.aclose()
