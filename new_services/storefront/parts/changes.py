"""What pages have changed while the monolith owns the data: goods, stock, accounts.

Each is the command of the service that owns it on the new side, in the person's name and under a
key, so that it is one command however often it is sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import orjson

from chassis.readmodel.projection import declined
from chassis.web import headers
from new_services.storefront.parts.part import Asking, Part

SAID = frozenset({200, 202, 400, 401, 403, 404, 409, 413})
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """200: done; 202: not known yet; anything else: refused, and nothing was done."""

    status: int
    problem: str  # what is wrong with the form, for the page that shows it again; may be empty
    error: str  # what an error page says; may be empty
    set_cookie: str  # with a new account: a whole `Set-Cookie`


@dataclass(frozen=True, slots=True)
class Changes:
    """Every call raises Away; and Problem where a read model is behind, or where the facade did not
    say who is asking: then legacy is to answer."""

    catalog: Part
    inventory: Part
    accounts: Part

    async def save(self, asking: Asking, email: str, key: str, article: Json) -> Said:
        """A product's form: `sku` and `form`."""
        body = {"person": _person(asking, email), **article}
        return await _said(self.catalog, asking, f"/articles/{_segment(key)}", body)

    async def count(self, asking: Asking, email: str, key: str, counted: Json) -> Said:
        """A variant's form: `sku`, `variant` and `pieces`."""
        body = {"person": _person(asking, email), **counted}
        return await _said(self.inventory, asking, f"/counts/{_segment(key)}", body)

    async def register(self, asking: Asking, form: Json) -> Said:
        """A visitor opens an account."""
        return await _said(self.accounts, asking, "/registrations/form", form)


def _person(asking: Asking, email: str) -> Json:
    """With the session as the facade sealed it; the monolith has no use for the name."""
    sealed = asking.customer.get(headers.SESSION, "")
    if not sealed:
        raise declined(headers.BEHIND, "the request does not say who is asking")
    return {"email": email, "name": "", "session": sealed}


def _segment(text: str) -> str:
    return quote(text, safe="")


async def _said(part: Part, asking: Asking, path: str, body: Json) -> Said:
    answer = await part.post(asking, path, body, known=SAID)
    found = orjson.loads(answer.body)
    if found.get("declined"):
        raise declined(headers.BEHIND, str(found.get("error", "")))
    error = found.get("error") or found.get("detail") or ""
    problem, cookie = found.get("problem") or "", found.get("set_cookie") or ""
    return Said(answer.status, str(problem), str(error), str(cookie))
