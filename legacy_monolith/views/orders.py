"""Own orders: the history, one order, cancelling it."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, or_, select

from legacy_monolith.access import csrf_checked, customer, login_required
from legacy_monolith.clock import now
from legacy_monolith.database import db
from legacy_monolith.models import Order
from legacy_monolith.shop.ordering import CANCELLABLE, NotCancellable, cancel
from legacy_monolith.shop.texts import whole_number

blueprint = Blueprint("orders", __name__, url_prefix="/orders")

PER_PAGE = 20


@blueprint.get("")
@login_required
def history() -> ResponseReturnValue:
    """Newest first; `q` is an order number or the customer's own purchase-order number."""
    page = whole_number(request.args.get("page"), 1)
    wanted = request.args.get("q", "").strip()
    mine = select(Order).where(Order.customer_id == _customer_id())
    if wanted:
        mine = mine.where(or_(Order.order_no == wanted.upper(), Order.po_number == wanted))
    total = db().scalar(select(func.count()).select_from(mine.subquery())) or 0
    pages = -(-total // PER_PAGE)
    page = min(page, max(pages, 1))
    newest = mine.order_by(Order.id.desc()).limit(PER_PAGE).offset((page - 1) * PER_PAGE)
    found = list(db().scalars(newest))
    return render_template("orders.html", orders=found, page=page, pages=pages, wanted=wanted)


@blueprint.get("/<order_no>")
@login_required
def detail(order_no: str) -> ResponseReturnValue:
    order = _order(order_no)
    return render_template(
        "order.html",
        order=order,
        cancellable=order.status in CANCELLABLE,
        fresh=request.args.get("new") == "Y",
    )


@blueprint.post("/<order_no>/cancel")
@login_required
@csrf_checked
def cancel_order(order_no: str) -> ResponseReturnValue:
    order = _order(order_no)
    try:
        cancel(db(), order, now())
        said = "cancelled"
    except NotCancellable:
        said = "shipped"
    return redirect(url_for("orders.detail", order_no=order_no, ok=said))


def _order(order_no: str) -> Order:
    """The customer's own order; another customer's is not found."""
    number = order_no.upper().replace("\0", "")
    order = db().scalar(
        select(Order).where(Order.order_no == number, Order.customer_id == _customer_id())
    )
    if order is None:
        abort(404, "You have no such order.")
    return order


def _customer_id() -> int:
    buyer = customer()
    assert buyer is not None  # login_required
    return buyer.id
