"""Orders of the logged-in customer, for the mobile app."""

from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload

from legacy_monolith.access import customer
from legacy_monolith.api.order_request import BadOrder, read_order_request
from legacy_monolith.clock import now, stamp
from legacy_monolith.database import db
from legacy_monolith.models import Order
from legacy_monolith.shop.ordering import NotCancellable, OutOfStock, UnknownSku, cancel, place
from legacy_monolith.shop.texts import whole_number

blueprint = Blueprint("api_orders", __name__)

Json = dict[str, Any]
PER_PAGE = 20
MOST_PER_PAGE = 100


@blueprint.before_request
def _only_customers() -> ResponseReturnValue | None:
    return None if customer() else (jsonify(error="not logged in"), 401)


@blueprint.post("/orders")
def place_order() -> ResponseReturnValue:
    buyer = customer()
    assert buyer is not None  # see _only_customers
    try:
        order = place(db(), buyer, read_order_request(request.get_json(silent=True)), now())
    except BadOrder as error:
        return jsonify(error=str(error)), 400
    except UnknownSku as error:
        return jsonify(error="unknown sku", sku=error.sku), 400
    except OutOfStock as error:
        return jsonify(error="out of stock", sku=error.sku, available=error.available), 409
    return jsonify(_document(order)), 201


@blueprint.get("/orders")
def orders() -> ResponseReturnValue:
    """The own ones, newest first; `po_number` finds those with exactly this number."""
    page = whole_number(request.args.get("page"), 1)
    per_page = min(whole_number(request.args.get("per_page"), PER_PAGE), MOST_PER_PAGE)
    mine = _mine()
    if "po_number" in request.args:
        mine = mine.where(Order.po_number == request.args["po_number"])
    total = db().scalar(select(func.count()).select_from(mine.subquery())) or 0
    found: list[Order] = []
    if (page - 1) * per_page < total:
        newest = mine.order_by(Order.id.desc()).limit(per_page).offset((page - 1) * per_page)
        found = list(db().scalars(newest.options(selectinload(Order.lines))))
    return jsonify(
        {
            "orders": [_document(order) for order in found],
            "page": page,
            "per_page": per_page,
            "total": total,
            "pages": -(-total // per_page),
        }
    )


@blueprint.get("/orders/<order_no>")
def order(order_no: str) -> ResponseReturnValue:
    found = db().scalar(_mine().where(Order.order_no == order_no.upper()))
    if found is None:
        return jsonify(error="order not found", order_no=order_no.upper()), 404
    return jsonify(_document(found))


@blueprint.post("/orders/<order_no>/cancel")
def cancel_order(order_no: str) -> ResponseReturnValue:
    found = db().scalar(_mine().where(Order.order_no == order_no.upper()))
    if found is None:
        return jsonify(error="order not found", order_no=order_no.upper()), 404
    try:
        cancel(db(), found, now())
    except NotCancellable as error:
        return jsonify(error="order cannot be cancelled", status=error.status), 409
    return jsonify(_document(found))


def _mine() -> Select[Order]:
    buyer = customer()
    assert buyer is not None  # see _only_customers
    return select(Order).where(Order.customer_id == buyer.id)


def _document(order: Order) -> Json:
    return {
        "order_no": order.order_no,
        "status": order.status,
        "total": order.total,
        "po_number": order.po_number,
        "pay_method": order.pay_method,
        "lines": [
            {
                "line_no": line.line_no,
                "sku": line.sku,
                "name": line.name,
                "qty": line.qty,
                "price": line.price,
            }
            for line in order.lines
        ],
        "ship": {
            "name": order.ship_name,
            "street": order.ship_street,
            "zip": order.ship_zip,
            "city": order.ship_city,
        },
        "created": stamp(order.created),
        "updated": stamp(order.updated),
    }
