"""The logged-in customer, and whether a form comes from one of our own pages."""

import secrets
from collections.abc import Callable
from functools import wraps
from hmac import compare_digest
from typing import ParamSpec, TypeVar

from flask import abort, g, redirect, request, session, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from legacy_monolith.database import db
from legacy_monolith.models import Customer
from legacy_monolith.passwords import matches

P = ParamSpec("P")
R = TypeVar("R")


def customer() -> Customer | None:
    """The logged-in customer; read at most once per request, when first needed."""
    if "customer" not in g:
        uid = session.get("uid")
        g.customer = db().get(Customer, uid) if uid is not None else None
    found: Customer | None = g.customer
    return found


def check_login(email: str, password: str) -> Customer | None:
    """The customer with this address and password."""
    address = email.strip().lower().replace("\0", "")
    found = db().scalar(select(Customer).where(Customer.email == address))
    return found if found is not None and matches(found.pw_hash, password) else None


def log_in(found: Customer) -> None:
    """Start a fresh session. It then stays the same, byte for byte, until the logout."""
    session.clear()
    session["uid"] = found.id
    csrf_token()
    g.customer = found


def log_out() -> None:
    session.clear()
    g.customer = None


def login_required(view: Callable[P, R]) -> Callable[P, R | Response]:
    """Pages: send a visitor who is not logged in to the login, and back here afterwards."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R | Response:
        if customer() is None:
            here = request.full_path if request.query_string else request.path
            target = here if request.method == "GET" else url_for("shop.home")
            return redirect(url_for("account.login", next=target))
        return view(*args, **kwargs)

    return guarded


def admin_required(view: Callable[P, R]) -> Callable[P, R | Response]:
    """Pages of the back office: a visitor logs in, a customer gets a 403."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R | Response:
        found = customer()
        if found is not None and found.is_admin != "Y":
            abort(403)
        return login_required(view)(*args, **kwargs)

    return guarded


def csrf_token() -> str:
    """The token every form carries; it lives in the session."""
    if "csrf" not in session:
        session["csrf"] = secrets.token_urlsafe(16)
    return str(session["csrf"])


def csrf_checked(view: Callable[P, R]) -> Callable[P, R]:
    """Refuse a posted form that was not ours."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        expected = str(session.get("csrf", ""))
        given = request.form.get("csrf", "")
        if request.method == "POST" and not (
            expected and compare_digest(given.encode(), expected.encode())
        ):
            abort(400, "This form has expired. Go back, reload the page and send it again.")
        return view(*args, **kwargs)

    return guarded
