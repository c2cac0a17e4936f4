"""Logging in and out. Accounts judges the password; which of the two was wrong is not said."""

from fastapi import Response

from new_services.storefront.forms import checked_form
from new_services.storefront.rendering import redirect
from new_services.storefront.shell import surround
from new_services.storefront.visit import Visit

WRONG = "This e-mail address and password do not go together."
LONGEST = 4096  # characters of an address and of a password; no account has longer ones


async def show(visit: Visit) -> Response:
    """`GET /login`"""
    return await _page(visit, "", _own_path(visit.parameters.get("next", "")))


async def log_in(visit: Visit) -> Response:
    """`POST /login`: fields `email`, `password` and `next`."""
    form = await checked_form(visit)
    target = _own_path(visit.parameters.get("next", form.get("next", "")))
    email, password = form.get("email", ""), form.get("password", "")
    if max(len(email), len(password)) <= LONGEST:
        session = await visit.parts.accounts.log_in(visit, email, password)
        if session.customer is not None and session.set_cookie:
            response = redirect(target or "/?ok=hello")
            response.headers.append("Set-Cookie", session.set_cookie)
            return response
    return await _page(visit, email, target, WRONG)


async def log_out(visit: Visit) -> Response:
    """`POST /logout`"""
    await checked_form(visit)
    response = redirect("/?ok=bye")
    response.headers.append("Set-Cookie", await visit.parts.accounts.log_out(visit))
    return response


async def _page(visit: Visit, email: str, target: str, problem: str = "") -> Response:
    shell = await surround(visit, forms=True)
    return shell.page("login.html", email=email, next=target, problem=problem)


def _own_path(target: str) -> str:
    """Only a path of this shop: an address elsewhere would lead people away from it."""
    plain = target.startswith("/") and not target.startswith("//")
    return target if plain and target.isprintable() and "\\" not in target else ""
