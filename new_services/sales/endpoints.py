"""HTTP with the monolith's public contract: the page of the back office, and who may see it.

200 the report · 302 to the login · 403 not of the staff · 500 where legacy's calendar ends, too
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import asyncpg
import orjson
from fastapi import FastAPI, Request, Response

from chassis.readmodel.projection import declined, fresh
from chassis.readmodel.watermark import Watermark
from chassis.web import headers
from chassis.web.app import JsonBytes, Problem, speak
from chassis.web.identity import Identity, KeysAway, NotIdentified, Verifier
from chassis.web.sealed import NotSealed
from new_services.sales import pages, schemas, views
from new_services.sales.domain import Period, period, ranked, total
from new_services.sales.pages import Pages, Visitor
from new_services.sales.schemas import Asked
from new_services.sales.views import Person

HTML = "text/html; charset=utf-8"
# (sealed session, the customer's email address) -> what every form of the page must carry. Raises
# NotSealed.
FormToken = Callable[[str, str], str]


def days(span: Period) -> dict[str, str]:
    """The first and the last one, as JSON has them."""
    return {"first": span.first.isoformat(), "last": span.last.isoformat()}


def in_json(body: object) -> JsonBytes:
    """A document."""
    return JsonBytes(orjson.dumps(body))


class Stranger(Exception):
    """The request names no customer who is logged in."""


@dataclass(frozen=True, slots=True)
class Endpoints:
    """What the answers are made from."""

    pool: asyncpg.Pool
    watermark: Watermark
    verifier: Verifier
    form_token: FormToken
    pages: Pages
    today: Callable[[], date]  # by the shop's wall clock

    def register(self, app: FastAPI) -> None:
        """Put the routes on the application."""
        app.add_exception_handler(Stranger, _to_the_login)
        speak(app, "/admin/", self._failed)
        app.add_api_route(
            "/admin/report", self.report, methods=["GET", "HEAD"], response_model=None
        )

        app.add_api_route("/internal/report", self.figures, methods=["GET"])
        app.add_api_route("/internal/lines", self.lines, methods=["GET"])

    async def figures(self, request: Request) -> Response:
        """The report over the days asked for (`from`, `to`), and which days these are."""
        as_of = await fresh(request, self.watermark)
        span = await self._span(request)
        rows = ranked(await views.report(self.pool, span))
        answer = in_json({
            **days(span),
            "rows": [
                {
                    "name": row.name,
                    "orders": row.orders,
                    "pieces": row.pieces,
                    "revenue": str(row.revenue),
                    "cancelled": str(row.cancelled),
                }
                for row in rows
            ],
            "total": str(total(rows)),
        })  # fmt: skip
        as_of.stamp(answer)
        return answer

    async def lines(self, request: Request) -> Response:
        """Single lines of the same days, those of some orders at once; `after` says behind which
        order, by the number that the part before gave."""
        as_of = await fresh(request, self.watermark)
        span = await self._span(request)
        after = request.query_params.get("after", "")
        found = await views.lines(self.pool, span, int(after) if after.isdecimal() else 0)
        answer = in_json({**days(span), "lines": found.rows, "after": found.after})
        as_of.stamp(answer)
        return answer

    async def _span(self, request: Request) -> Period:
        """Raises Problem where the calendar ends."""
        asked = request.query_params
        newest = await views.newest(self.pool)
        try:
            return period(asked.get("from", ""), asked.get("to", ""), newest or self.today())
        except OverflowError as error:
            raise Problem(422, "Unprocessable Content", "the calendar ends before") from error

    async def report(self, request: Request) -> Response:
        """What each category brought in, over the days asked for."""
        identity = await self._identity(request)
        as_of = await fresh(request, self.watermark)
        answer = await self._report(request, identity)
        as_of.stamp(answer)
        answer.headers["Vary"] = "Cookie"
        return answer

    def _failed(self, problem: Problem) -> Response:
        """As a page."""
        status, words = problem.public
        return Response(self.pages.error(status, words), status, problem.headers, media_type=HTML)

    async def _report(self, request: Request, identity: Identity) -> Response:
        person = await views.person(self.pool, identity.email)
        if person is None:
            raise declined(headers.BEHIND, "this customer has not arrived here yet")
        if not person.admin:
            return Response(self.pages.error(403, pages.FORBIDDEN), 403, media_type=HTML)
        asked = schemas.read(request)
        try:
            span = await self._period(asked)
        except OverflowError:
            return Response(self.pages.error(500, pages.BROKEN), 500, media_type=HTML)
        visitor = await self._visitor(request, identity, person, asked)
        rows = ranked(await views.report(self.pool, span))
        return Response(self.pages.report(visitor, span, rows), media_type=HTML)

    async def _period(self, asked: Asked) -> Period:
        newest = await views.newest(self.pool)
        return period(asked.first, asked.last, newest or self.today())

    async def _visitor(
        self, request: Request, identity: Identity, person: Person, asked: Asked
    ) -> Visitor:
        try:
            sealed = request.headers.get(headers.SESSION, "")
            token = self.form_token(sealed, identity.email)
        except NotSealed as error:
            detail = f"the request came without its session: {error}"
            raise Problem(503, "Service Unavailable", detail) from error
        menu = await views.menu(self.pool)
        return Visitor(person.name, token, asked.pieces, asked.notice, menu)

    async def _identity(self, request: Request) -> Identity:
        try:
            return await self.verifier.verify(request.headers.get(headers.IDENTITY))
        except NotIdentified as error:
            raise Stranger from error
        except KeysAway as error:
            raise Problem(503, "Service Unavailable", "cannot check who is asking") from error


async def _to_the_login(request: Request, _: Exception) -> Response:
    query = request.scope["query_string"].decode("utf-8", "replace")
    address = pages.login_address(request.url.path, query)
    body = pages.redirect(address)
    return Response(body, 302, {"Location": address, "Vary": "Cookie"}, HTML)
