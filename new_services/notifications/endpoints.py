"""HTTP for operators."""

from dataclasses import dataclass

import asyncpg
from fastapi import FastAPI, Query

from chassis.web.app import JsonBytes, Problem, in_json
from new_services.notifications import repository


@dataclass(frozen=True, slots=True)
class Endpoints:
    pool: asyncpg.Pool

    def register(self, app: FastAPI) -> None:
        @app.get("/mails")
        async def mails(count: int = Query(default=20, ge=1, le=200)) -> JsonBytes:
            return in_json(await repository.last(self.pool, count))

        @app.post("/mails/{mail_id}/again")
        async def again(mail_id: int) -> JsonBytes:
            if not await repository.again(self.pool, mail_id):
                raise Problem(404, "Not Found", f"there is no mail {mail_id} to be sent")
            return in_json({"id": mail_id, "due": "now"})
