"""The back office: articles with their prices and stock, and the sales report."""

import csv
import io
from collections.abc import AsyncIterator, Iterable

from fastapi import Response
from fastapi.responses import StreamingResponse

from chassis.web.app import Problem
from chassis.web.reading import whole_number
from new_services.storefront.access import BY_SESSION, for_staff
from new_services.storefront.errors import not_found
from new_services.storefront.links import address
from new_services.storefront.parts.staff import Lines, NoSuchDays
from new_services.storefront.rendering import redirect
from new_services.storefront.visit import Visit

NO_ARTICLE = "There is no article with this number."
BROKEN = "Something went wrong on our side."
BEYOND = 10**9  # a page that no list has
COLUMNS = ("order", "date", "status", "customer", "sku", "article", "pieces", "price", "sum")
CSV = "text/csv; charset=utf-8"
LONG_SECONDS = 600.0  # for a spreadsheet, as it is taken


async def home(visit: Visit) -> Response:
    """`GET /admin/`"""
    await for_staff(visit, _nothing)
    return redirect("/admin/products")


async def _nothing() -> None:
    return None


async def articles(visit: Visit) -> Response:
    """`GET /admin/products`: all of them, also the inactive ones, by number."""
    wanted = visit.parameters.get("q", "").replace("\0", "").strip()
    number = min(whole_number(visit.parameters.get("page"), 1), BEYOND)
    staff = visit.parts.staff
    shell, found = await for_staff(visit, lambda: staff.articles(visit, wanted, number))
    query = {"q": wanted} if wanted else {}
    return shell.page(
        "admin/products.html",
        found=found,
        wanted=wanted,
        link=lambda page: address("/admin/products", **query, page=page),
    )


async def article(visit: Visit) -> Response:
    """`GET /admin/products/{sku}`"""
    sku: str = visit.request.path_params["sku"].upper().replace("\0", "")
    shell, found = await for_staff(visit, lambda: visit.parts.staff.article(visit, sku))
    if found is None:
        raise not_found(NO_ARTICLE, BY_SESSION)
    return shell.page("admin/product.html", article=found, form={}, problem="")


async def report(visit: Visit) -> Response:
    """`GET /admin/report`: what each category brought in over some days."""
    staff, days = visit.parts.staff, _days(visit)
    try:
        shell, found = await for_staff(visit, lambda: staff.report(visit, *days))
    except NoSuchDays as error:  # legacy's answer to the days behind the last one
        raise Problem(500, "Internal Server Error", BROKEN, BY_SESSION) from error
    best = found.rows[0].revenue or 1 if found.rows else 1
    return shell.page("admin/report.html", report=found, best=best)


async def report_csv(visit: Visit) -> Response:
    """`GET /admin/report.csv`: the single sales, for the spreadsheet."""
    staff, days = visit.parts.staff, _days(visit)
    try:
        _, first = await for_staff(visit, lambda: staff.lines(visit, *days))
    except NoSuchDays as error:
        raise Problem(500, "Internal Server Error", BROKEN, BY_SESSION) from error
    visit.extend(LONG_SECONDS)
    name = f"sales-{first.first}-{first.last}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', **BY_SESSION}
    body = _written(staff.all_lines(visit, first))
    response = StreamingResponse(body, headers=headers, media_type=CSV)
    visit.stamp(response)
    return response


def _days(visit: Visit) -> tuple[str, str]:
    return visit.parameters.get("from", ""), visit.parameters.get("to", "")


async def _written(parts: AsyncIterator[Lines]) -> AsyncIterator[bytes]:
    """Semicolons, and a mark so that a spreadsheet sees umlauts."""
    head = "\ufeff" + _rows([COLUMNS])
    async for part in parts:
        yield (head + _rows(part.rows)).encode()
        head = ""


def _rows(rows: Iterable[Iterable[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(rows)
    return text.getvalue()
