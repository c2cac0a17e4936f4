"""A customer's own orders: the history, one order, cancelling it; and what is pending."""

from fastapi import Response

from chassis.web.app import Problem
from chassis.web.reading import whole_number
from new_services.storefront.access import BY_SESSION, customer_of, for_customer
from new_services.storefront.errors import not_found
from new_services.storefront.forms import checked_form
from new_services.storefront.links import address
from new_services.storefront.parts.orders import Said
from new_services.storefront.rendering import redirect
from new_services.storefront.shell import surround
from new_services.storefront.visit import Visit

NO_SUCH_ORDER = "You have no such order."
CANCELLABLE = ("NEW", "PAID")
BEYOND = 10**9  # a page that no history has


async def history(visit: Visit) -> Response:
    """`GET /orders`: newest first; `q` is an order number or the customer's own number."""
    wanted = visit.parameters.get("q", "").strip()
    number = min(whole_number(visit.parameters.get("page"), 1), BEYOND)
    shell, found = await for_customer(
        visit, lambda: visit.parts.orders.history(visit, wanted, number)
    )
    if "\0" in wanted:  # legacy's database cannot look for it, and it says so
        raise Problem(400, "Bad Request", "bad input", BY_SESSION)
    query = {"q": wanted} if wanted else {}
    return shell.page(
        "orders.html",
        found=found,
        wanted=wanted,
        link=lambda page: address("/orders", **query, page=page),
    )


async def detail(visit: Visit) -> Response:
    """`GET /orders/{order_no}`"""
    order_no: str = visit.request.path_params["order_no"].replace("\0", "")
    shell, found = await for_customer(visit, lambda: visit.parts.orders.one(visit, order_no))
    if found is None:
        raise not_found(NO_SUCH_ORDER, BY_SESSION)
    if found.what:  # it has no number yet, and legacy does not know it
        return redirect(address("/order-requests", found.order_no))
    return shell.page(
        "order.html",
        order=found,
        cancellable=found.status in CANCELLABLE,
        fresh=visit.parameters.get("new") == "Y",
    )


async def cancel(visit: Visit) -> Response:
    """`POST /orders/{order_no}/cancel`"""
    shell = await surround(visit)
    customer_of(shell)
    await checked_form(visit, shell.session)
    order_no: str = visit.request.path_params["order_no"]
    said = await visit.parts.orders.cancel(visit, order_no.replace("\0", ""))
    return _cancelled(said, order_no)


async def request(visit: Visit) -> Response:
    """`GET /order-requests/{id}`: of an order that is accepted and not placed yet."""
    name: str = visit.request.path_params["id"]
    orders = visit.parts.orders
    shell, progress = await for_customer(visit, lambda: orders.progress(visit, name))
    if progress is None:
        raise not_found(NO_SUCH_ORDER, BY_SESSION)
    if progress.status == "DONE":
        cancelled = name.startswith("cancel:")
        news = {"ok": "cancelled"} if cancelled else {"new": "Y"}
        return redirect(address("/orders", progress.order_no, **news))
    pending = progress.status == "PENDING"
    order = await orders.one(visit, name) if pending and not progress.order_no else None
    return shell.page("order_request.html", progress=progress, order=order)


async def recall(visit: Visit) -> Response:
    """`POST /order-requests/{id}/cancel`"""
    shell = await surround(visit)
    customer_of(shell)
    await checked_form(visit, shell.session)
    name: str = visit.request.path_params["id"]
    said = await visit.parts.orders.recall(visit, name)
    return _cancelled(said, str(said.body.get("order_no", "")))


def _cancelled(said: Said, order_no: str) -> Response:
    """Where the customer sees what has become of it."""
    if said.status == 404:
        raise not_found(NO_SUCH_ORDER, BY_SESSION)
    if said.status == 409:
        return redirect(address("/orders", order_no, ok="shipped"))
    if "id" in said.body:  # not done yet, or nothing had been placed
        return redirect(address("/order-requests", said.body["id"]))
    return redirect(address("/orders", order_no, ok="cancelled"))
