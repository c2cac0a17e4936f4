"""What stands around every page: menu, account, cart, notice, and the token of its forms.

The shell never fails. Without the catalog it has no menu; without accounts it says that accounts
cannot be reached, and its page has no forms, which could not be checked.
"""

import asyncio
import logging
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from fastapi import Response

from new_services.storefront.cart import pieces_of, read_cart
from new_services.storefront.parts.accounts import COOKIE, Session
from new_services.storefront.parts.catalog import Category
from new_services.storefront.parts.part import Away
from new_services.storefront.rendering import HTML, render
from new_services.storefront.visit import Visit

log = logging.getLogger("storefront")

# What a page may say after a form was sent: the address carries the key, never the text.
NOTICES = {
    "added": "Added to your cart.",
    "updated": "Your cart is up to date.",
    "saved": "Saved.",
    "welcome": "Welcome! Your account is ready.",
    "hello": "Good to see you again.",
    "bye": "You are logged out.",
    "cancelled": "The order is cancelled; you get your money back.",
    "shipped": "Too late: this order cannot be cancelled any more.",
}
T = TypeVar("T")


async def or_none(call: Awaitable[T]) -> T | None:
    """What the call gives; None where its service is away."""
    try:
        return await call
    except Away as error:
        log.warning("%s", error)
        return None


@dataclass(slots=True)
class Shell:
    """Of one page. `session` is None where accounts is away."""

    visit: Visit
    session: Session | None
    categories: tuple[Category, ...]
    _token_shown: bool = field(default=False)

    @property
    def menu(self) -> list[Category]:
        """The big categories."""
        return [each for each in self.categories if each.parent is None]

    @property
    def pieces(self) -> int:
        """In the cart."""
        return pieces_of(read_cart(self.visit.cookies))

    @property
    def notice(self) -> str:
        """What the form before came to, in words; empty: there was none."""
        return NOTICES.get(self.visit.parameters.get("ok", ""), "")

    def csrf(self) -> str:
        """For a template: what a form carries. A session that is new is given with the page."""
        self._token_shown = True
        return self.session.csrf if self.session else ""

    def page(self, template: str, status: int = 200, **data: Any) -> Response:
        """The whole page."""
        content = render(template, shell=self, **data)
        response = Response(content, status, {"Vary": "Cookie"}, media_type=HTML)
        if self._token_shown and self.session and self.session.set_cookie:
            response.headers.append("Set-Cookie", self.session.set_cookie)
        self.visit.stamp(response)
        return response


async def surround(visit: Visit, *, forms: bool = False, session: Session | None = None) -> Shell:
    """The shell of a page; `forms`: the page has forms for visitors without a login, too.
    `session`: where it was asked for before."""
    found, categories = await asyncio.gather(
        or_none(_session(visit, session, forms=forms)),
        or_none(visit.parts.catalog.categories(visit)),
    )
    return Shell(visit, found, categories or ())


async def _session(visit: Visit, known: Session | None, *, forms: bool) -> Session:
    """Without a login a session is needed only where there is a form."""
    if known is not None:
        return known
    cookie = visit.cookies.get(COOKIE)
    if cookie is None and not forms:
        return Session()
    return await visit.parts.accounts.open(visit, cookie, token=True)
