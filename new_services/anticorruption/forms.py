"""The monolith's own forms, posted with a person's session and the token in it.

What the staff change, and a new customer, have no JSON route at the monolith: its pages are the
only way in. A form is sent in two halves (HttpClient), so that one which waited in vain for a
worker of the monolith has certainly done nothing; and it is never sent twice here: what it may have
done is for the saga to find out.

    302 …?ok=saved        done
    302 /login            RecordRefused 401: the session has ended
    200, 400 with a form  RecordRefused with {"problem": what the page says of the form}
    400, 403, 404         RecordRefused with {"error": what the error page says}
    408, 425, 429, not sent, no turn, breaker open     RecordAway: nothing was done
    5xx, anything else, no answer                      RecordSilent: not known
"""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from urllib.parse import quote, urlencode

from joserfc.jwk import OKPKey

from chassis.web.client import Answer, Request
from chassis.web.sealed import NotSealed
from contracts.back_office import Article, Count
from contracts.logins import NewCustomer
from contracts.record import Customer, RecordRefused, RecordSilent
from new_services.anticorruption import pages
from new_services.anticorruption.calls import Calls, Limits, Wire
from new_services.anticorruption.session import token_in

SAVED, WELCOME = "saved", "welcome"
REFUSALS = frozenset({400, 403, 404, 413})


@dataclass(frozen=True, slots=True)
class Form:
    """One form as a browser sends it. `done` is the notice of the page that follows success."""

    path: str
    fields: Mapping[str, str]
    done: str = SAVED


class Forms:
    """See BackOffice and Registrar. `clock` is monotonic. Without a key it knows no person."""

    def __init__(
        self,
        client: Wire,
        key: OKPKey | None,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._calls = Calls(client, key, limits, clock, chance)
        self.guards = self._calls.guards

    async def save(self, person: Customer, wanted: Article, until: float) -> None:
        fields = {"price": wanted.price, "disc_pct": wanted.discount}
        if wanted.name is not None:
            fields["name"] = wanted.name
        flags = {"active": wanted.active, "discontinued": wanted.discontinued}
        fields |= {name: "Y" for name, chosen in flags.items() if chosen}
        await self._post(person, Form(_article(wanted.sku), fields), until)

    async def count(self, person: Customer, counted: Count, until: float) -> None:
        fields = {"variant": counted.variant, "qty": str(counted.pieces)}
        await self._post(person, Form(f"{_article(counted.sku)}/stock", fields), until)

    async def register(self, form: NewCustomer, cookie: str, token: str, until: float) -> None:
        await self._send(cookie, token, Form("/register", asdict(form), WELCOME), until)

    async def _post(self, person: Customer, form: Form, until: float) -> None:
        cookie = self._calls.session(person).cookie
        try:
            token = token_in(cookie)
        except NotSealed:  # a session without forms: refused by the monolith, in its own words
            token = ""
        await self._send(cookie, token, form, until)

    async def _send(self, cookie: str, token: str, form: Form, until: float) -> None:
        """Post it with the session `cookie` (`name=value`) and the token that is in it."""
        headers = {"cookie": cookie, "content-type": "application/x-www-form-urlencoded"}
        body = urlencode({**form.fields, "csrf": token}).encode()

        def request() -> Request:
            limit = self._calls.left(until)
            return Request("POST", form.path, headers, body, limit, guarded=True)

        _judge(await self._calls.call("write", request), form)


def _article(sku: str) -> str:
    return f"/admin/products/{quote(sku, safe='')}"


def _judge(answer: Answer, form: Form) -> None:
    """Return where the form was accepted. Raises RecordRefused, RecordSilent."""
    location = answer.headers.get("location", "")
    if answer.status == 302 and pages.notice(location) == form.done:
        return
    if answer.status == 302 and pages.leads_to_login(location):
        raise RecordRefused(401, {"error": "not logged in"})
    said = pages.problem(answer.body) if answer.status in (200, 400) else None
    if said is not None:
        raise RecordRefused(400, {"problem": said})
    if answer.status in REFUSALS:
        raise RecordRefused(answer.status, {"error": pages.failure(answer.body)})
    raise RecordSilent(f"legacy answered {answer.status} {location}".rstrip(), answered=True)
