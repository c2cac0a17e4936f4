"""HTTP with the monolith's public contract; a client sees no difference from legacy. Our own
services call `POST /sessions/open`, `/sessions/login` and `/sessions/logout` for the pages.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import orjson
from fastapi import FastAPI, Request

from chassis.readmodel.projection import Fresh, fresh
from chassis.readmodel.watermark import Watermark
from chassis.web.app import JsonBytes, Problem, database_away, speak
from chassis.web.cookies import first_cookie
from chassis.web.internal import Calls, Reply
from contracts.logins import LoginsAway
from new_services.accounts import schemas
from new_services.accounts.session import COOKIE
from new_services.accounts.sessions import Opened, Sessions

LARGEST_BODY = 1 << 20
VARY = {"Vary": "Cookie"}
NO_SESSION = Opened(None, "", None)


@dataclass(frozen=True, slots=True)
class Endpoints:
    sessions: Sessions
    watermark: Watermark

    def register(self, app: FastAPI) -> None:
        speak(app, "/api/")
        for path, answer, methods in (
            ("/api/login", self.log_in, ["POST"]),
            ("/api/logout", self.log_out, ["POST"]),
            ("/api/me", self.me, ["GET", "HEAD"]),
        ):
            app.add_api_route(path, answer, methods=methods, response_model=None)

    def calls(self) -> Calls:
        """What the pages need, for our own services."""
        return {("POST", "sessions", ""): self.call}

    async def log_in(self, request: Request) -> JsonBytes:
        """A wrong password is a 200 as well; the app looks at `ok`."""
        body = await request.body()
        if len(body) > LARGEST_BODY:
            return _json({"error": "request entity too large"}, 413)
        given = schemas.read_login(body, request.headers.get("content-type", ""))
        if given is None:
            return _json(schemas.NEEDED, 400)
        opened = await self._logged_in(*given)
        if opened is None or opened.customer is None:
            return _json(schemas.WRONG)
        return _json(schemas.logged_in(opened.customer), given=opened.set_cookie)

    async def log_out(self, _: Request) -> JsonBytes:
        """The cookie goes away, also one that names no customer."""
        return _json(schemas.LOGGED_OUT, given=self.sessions.log_out())

    async def me(self, request: Request) -> JsonBytes:
        """Who is logged in."""
        ours = await self.sessions.own.ours()  # the owner's answers wait for no feed
        as_of = Fresh(0, fed=False) if ours else await fresh(request, self.watermark)
        cookie = first_cookie(request.headers.getlist("cookie"), COOKIE)
        opened = await self.sessions.open(cookie, token=False)
        if opened.customer is None:
            answer = _json(schemas.NOT_LOGGED_IN, 401, VARY)
        else:
            answer = _json(schemas.me(opened.customer), headers=VARY)
        as_of.stamp(answer)
        return answer

    async def call(self, name: str, body: bytes) -> Reply:
        """200 with the session; of a login whose address and password do not go together, with no
        customer."""
        match name:
            case "open":
                asked = schemas.Open.model_validate_json(body)
                return 200, schemas.opened(
                    await self.sessions.open(asked.cookie, token=asked.token)
                )
            case "login":
                wanted = schemas.LogIn.model_validate_json(body)
                opened = await self._logged_in(wanted.email, wanted.password)
                return 200, schemas.opened(opened or NO_SESSION)
            case "logout":
                return 200, {"set_cookie": self.sessions.log_out()}
        raise Problem(404, "Not Found", f"sessions/{name}: expected open, login or logout")

    async def _logged_in(self, email: str, password: str) -> Opened | None:
        try:
            return await self.sessions.log_in(email, password)
        except LoginsAway as error:
            raise database_away(error) from error


def _json(
    document: object,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    given: str | None = None,
) -> JsonBytes:
    """`given`: the value of `Set-Cookie`."""
    cookie = {} if given is None else {**VARY, "Set-Cookie": given}
    return JsonBytes(orjson.dumps(document), status, {**(headers or {}), **cookie})
