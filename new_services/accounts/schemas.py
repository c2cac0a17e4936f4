"""The public contract of logins, in legacy's words; and what our own services send and get."""

import json
from typing import Any

from pydantic import BaseModel, ConfigDict

from chassis.web.reading import is_json
from new_services.accounts.sessions import Opened
from new_services.accounts.views import Customer

NEEDED = {"error": "email and password are needed, as JSON"}
WRONG = {"ok": "N", "error": "wrong email or password"}
NOT_LOGGED_IN = {"error": "not logged in"}
LOGGED_OUT = {"ok": "Y"}


class Open(BaseModel):
    """`POST /sessions/open`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cookie: str | None  # the value of the cookie `session`
    token: bool  # the session shall have a form token


class LogIn(BaseModel):
    """`POST /sessions/login`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    email: str
    password: str


def read_login(raw: bytes, content_type: str) -> tuple[str, str] | None:
    """Address and password of a body that calls itself JSON; None: that is not what was sent."""
    if not is_json(content_type):
        return None
    try:
        body = json.loads(raw)  # reads what the monolith reads, UTF-16 too
    except (ValueError, RecursionError):
        return None
    email = body.get("email") if isinstance(body, dict) else None
    password = body.get("password") if isinstance(body, dict) else None
    if not isinstance(email, str) or not isinstance(password, str):
        return None
    return email, password


def logged_in(customer: Customer) -> dict[str, str]:
    """The answer to a login of the API."""
    return {
        "ok": "Y",
        "name": customer.name,
        "email": customer.email,
        "is_admin": _yes_no(customer.admin),
    }


def me(customer: Customer) -> dict[str, str]:
    """The answer to the question who is logged in."""
    return {
        "email": customer.email,
        "name": customer.name,
        "is_admin": _yes_no(customer.admin),
        "street": customer.street,
        "zip": customer.zip,
        "city": customer.city,
        "country": customer.country,
        "created": customer.created[:19],
    }


def opened(found: Opened) -> dict[str, Any]:
    """A session, for our own services."""
    customer = found.customer
    shown = None
    if customer is not None:
        shown = {
            "id": customer.id,
            "email": customer.email,
            "name": customer.name,
            "is_admin": customer.admin,
            "street": customer.street,
            "zip": customer.zip,
            "city": customer.city,
            "country": customer.country,
        }
    return {"customer": shown, "csrf": found.csrf, "set_cookie": found.set_cookie}


def _yes_no(value: bool) -> str:
    return "Y" if value else "N"
