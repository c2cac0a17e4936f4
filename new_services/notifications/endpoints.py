"""HTTP for operators."""

from dataclasses import dataclass

import asyncpg
import orjson
from fastapi import FastAPI, Query

from chassis.web.app import JsonBytes
from new_services.notifications import repository


@dataclass(frozen=True, slots=True)
class Endpoints:
    """What the answers are made from."""

    pool: asyncpg.Pool

    def register(self, app: FastAPI) -> None:
        """Put the routes on the application."""

        @app.get("/mails")
        async def mails(count: int = Query(default=20, ge=1, le=200)) -> JsonBytes:
            return JsonBytes(orjson.dumps(await repository.last(self.pool, count)))
