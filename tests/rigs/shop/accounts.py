"""Accounts as the storefront asks it, over the monolith's own sessions in this process."""

import secrets
from typing import Any

import orjson
from flask import Flask
from sqlalchemy.orm import Session

from chassis.web.client import Answer, Request
from contracts.logins import Login
from legacy_monolith.database import EXTENSION
from legacy_monolith.models import Customer

COLUMNS = ("id", "email", "name", "street", "zip", "city", "country")


class FakeOwn:
    """The accounts in our own tables, played: `owned` says whether they are ours."""

    def __init__(self) -> None:
        self.owned = False
        self.right: list[str] = []

    async def ours(self) -> bool:
        """See Own."""
        return self.owned

    async def renew(self, _: Login, password: str) -> None:
        """See Own."""
        self.right.append(password)


class SessionsOfTheMonolith:
    """In place of a ServiceClient: `POST /sessions/open`, answered as the contract says."""

    name = "accounts"

    def __init__(self, monolith: Flask) -> None:
        self._monolith = monolith

    async def send(self, request: Request, _failed: object) -> Answer:
        """See ServiceClient."""
        assert (request.method, request.path) == ("POST", "/sessions/open"), request.path
        return Answer(200, {}, orjson.dumps(self._open(**orjson.loads(request.body))))

    def _open(self, cookie: str | None, token: bool) -> dict[str, Any]:
        interface = self._monolith.session_interface
        sent = {} if cookie is None else {"Cookie": f"session={cookie}"}
        with self._monolith.test_request_context("/", headers=sent) as context:
            session = interface.open_session(self._monolith, context.request)
            assert session is not None
            set_cookie = None
            if token and "csrf" not in session:
                session["csrf"] = secrets.token_urlsafe(16)
                response = self._monolith.response_class()
                interface.save_session(self._monolith, session, response)
                set_cookie = response.headers["Set-Cookie"]
            customer = self._customer(session.get("uid"))
            csrf = session.get("csrf", "")
        return {"customer": customer, "csrf": csrf, "set_cookie": set_cookie}

    def _customer(self, uid: int | None) -> dict[str, Any] | None:
        engine = self._monolith.extensions[EXTENSION]
        with Session(engine) as database:
            found = None if uid is None else database.get(Customer, uid)
            if found is None:
                return None
            known = {name: getattr(found, name) for name in COLUMNS}
            return known | {"is_admin": found.is_admin == "Y"}
