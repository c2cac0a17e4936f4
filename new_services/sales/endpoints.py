"""HTTP: the sales figures, for the storefront's pages of the back office alone.

200 the figures · 422 the calendar ends before the days that were asked for
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import asyncpg
from fastapi import FastAPI, Request

from chassis.readmodel.projection import fresh
from chassis.readmodel.watermark import Watermark
from chassis.web.app import JsonBytes, Problem, in_json
from new_services.sales import views
from new_services.sales.domain import Period, period, ranked, total


@dataclass(frozen=True, slots=True)
class Endpoints:
    pool: asyncpg.Pool
    watermark: Watermark
    today: Callable[[], date]  # by the shop's wall clock

    def register(self, app: FastAPI) -> None:
        app.add_api_route("/internal/report", self.report, methods=["GET"])
        app.add_api_route("/internal/lines", self.lines, methods=["GET"])

    async def report(self, request: Request) -> JsonBytes:
        """What each category brought in over the days asked for (`from`, `to`), the best first."""
        as_of = await fresh(request, self.watermark)
        span = await self._span(request)
        rows = ranked(await views.report(self.pool, span))
        shown = [
            {
                "name": row.name,
                "orders": row.orders,
                "pieces": row.pieces,
                "revenue": str(row.revenue),
                "cancelled": str(row.cancelled),
            }
            for row in rows
        ]
        return as_of.stamp(in_json({**_days(span), "rows": shown, "total": str(total(rows))}))

    async def lines(self, request: Request) -> JsonBytes:
        """Single lines of the same days, those of some orders at once; `after` says behind which
        order, by the number that the part before gave."""
        as_of = await fresh(request, self.watermark)
        span = await self._span(request)
        after = request.query_params.get("after", "")
        found = await views.lines(self.pool, span, int(after) if after.isdecimal() else 0)
        return as_of.stamp(in_json({**_days(span), "lines": found.rows, "after": found.after}))

    async def _span(self, request: Request) -> Period:
        """Raises Problem where the calendar ends."""
        asked = request.query_params
        newest = await views.newest(self.pool)
        try:
            return period(asked.get("from", ""), asked.get("to", ""), newest or self.today())
        except OverflowError as error:
            raise Problem(422, "Unprocessable Content", "the calendar ends before") from error


def _days(span: Period) -> dict[str, str]:
    return {"first": span.first.isoformat(), "last": span.last.isoformat()}
