"""Pages for customers and for the staff: who may see them, and where everybody else is sent."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from fastapi import Request, Response

from chassis.readmodel.projection import declined
from chassis.web import headers
from chassis.web.app import Problem
from new_services.storefront.links import address
from new_services.storefront.parts.accounts import COOKIE, Customer, Session
from new_services.storefront.parts.part import Away
from new_services.storefront.rendering import redirect
from new_services.storefront.shell import Shell, surround
from new_services.storefront.visit import Visit

FORBIDDEN = (
    "You don't have the permission to access the requested resource."
    " It is either read-protected or not readable by the server."
)
BY_SESSION = {"Vary": "Cookie"}
T = TypeVar("T")


class LoginNeeded(Exception):
    """The page is for customers, and the visitor is not logged in."""


async def to_the_login(request: Request, _: Exception) -> Response:
    """And back here afterwards; a form that was sent is lost, so then to the shop's first page."""
    here = request.url.path
    if request.method != "GET":
        here = "/"
    elif query := request.scope["query_string"].decode("utf-8", "replace"):
        here = f"{here}?{query}"
    return redirect(address("/login", next=here))


def customer_of(shell: Shell, *, staff: bool = False) -> Customer:
    """Who is logged in. Raises LoginNeeded, Away without accounts, Problem: not of the staff."""
    return _checked(shell.session, staff=staff)


def _checked(session: Session | None, *, staff: bool) -> Customer:
    if session is None:
        raise Away("accounts: whose session it is cannot be known")
    if session.customer is None:
        raise LoginNeeded
    if staff and not session.customer.is_admin:
        raise Problem(403, "Forbidden", FORBIDDEN, BY_SESSION)
    return session.customer


async def for_customer(visit: Visit, ask: Callable[[], Awaitable[T]]) -> tuple[Shell, T]:
    """The shell, and what `ask` gives in the customer's name, at the same time. Raises what both
    raise, and what `customer_of` raises."""
    asked = ask() if visit.customer else _unnamed()
    shell, found = await asyncio.gather(surround(visit), asked, return_exceptions=True)
    if isinstance(shell, BaseException):
        raise shell
    customer_of(shell)
    if isinstance(found, BaseException):
        raise found
    return shell, found


async def _unnamed() -> T:
    """The facade has not said whose session it is, and other services believe only the facade."""
    raise declined(headers.BEHIND, "the request does not say who is asking")


async def for_staff(visit: Visit, ask: Callable[[], Awaitable[T]]) -> tuple[Shell, T]:
    """The shell, and what `ask` gives once it is certain that the page is for the staff's eyes."""
    cookie = visit.cookies.get(COOKIE)
    session = Session() if cookie is None else await visit.parts.accounts.open(
        visit, cookie, token=True
    )  # fmt: skip
    _checked(session, staff=True)
    return await asyncio.gather(surround(visit, session=session), ask())
