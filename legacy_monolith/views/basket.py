"""Cart and checkout."""

from dataclasses import dataclass
from decimal import Decimal

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from legacy_monolith.access import csrf_checked, customer, login_required
from legacy_monolith.clock import now
from legacy_monolith.database import db
from legacy_monolith.models import Product, Stock, Variant
from legacy_monolith.shop import cart
from legacy_monolith.shop.money import amount, effective, write
from legacy_monolith.shop.ordering import PAY_METHODS, OrderRequest, OutOfStock, UnknownSku, place
from legacy_monolith.shop.texts import whole_number

blueprint = Blueprint("basket", __name__)

LONGEST = {"name": 100, "street": 200, "zip": 20, "city": 100, "po_number": 100}


@dataclass(frozen=True)
class Line:
    """A line of the cart as the page shows it."""

    variant: Variant
    product: Product
    pieces: int
    left: int
    price: Decimal

    @property
    def total(self) -> str:
        return write(self.price * self.pieces)


@blueprint.get("/cart")
def show() -> ResponseReturnValue:
    lines = _lines()
    return render_template("cart.html", lines=lines, total=_total(lines))


@blueprint.post("/cart/add")
@csrf_checked
def add() -> ResponseReturnValue:
    sku = request.form.get("sku", "").strip().upper()
    pieces = whole_number(request.form.get("qty"), 1)
    response = make_response(redirect(url_for("basket.show", ok="added")))
    cart.write(response, cart.add(_cookie(), sku, pieces))
    return response


@blueprint.post("/cart/update")
@csrf_checked
def update() -> ResponseReturnValue:
    """Fields `qty:SKU`; 0 takes the line out."""
    lines: dict[str, int] = {}
    for sku, pieces in _cookie().items():
        wanted = request.form.get(f"qty:{sku}", str(pieces)).strip()
        if wanted.isdecimal() and int(wanted[:6]) > 0:
            lines[sku] = min(int(wanted[:6]), cart.MOST_PIECES)
    response = make_response(redirect(url_for("basket.show", ok="updated")))
    cart.write(response, lines)
    return response


@blueprint.route("/checkout", methods=["GET", "POST"])
@login_required
@csrf_checked
def checkout() -> ResponseReturnValue:
    lines = _lines()
    if not lines:
        return redirect(url_for("basket.show"))
    problem = None
    if request.method == "POST":
        try:
            return _order(lines)
        except OutOfStock as error:
            left = error.available
            problem = f"Somebody was faster: of {error.sku} we have only {left} left."
        except (UnknownSku, ValueError) as error:
            problem = str(error)
    status = 409 if problem else 200
    page = render_template("checkout.html", lines=_lines(), total=_total(lines), problem=problem)
    return page, status


def _order(lines: list[Line]) -> ResponseReturnValue:
    """Place it, empty the cart, show the order. Raises OutOfStock, UnknownSku, ValueError."""
    form = {name: request.form.get(name, "").strip() for name in LONGEST}
    for name, longest in LONGEST.items():
        if len(form[name]) > longest:
            raise ValueError(f"The field '{name}' is too long.")
    pay_method = request.form.get("pay_method", "")
    if pay_method not in PAY_METHODS:
        raise ValueError("Please choose how you want to pay.")
    buyer = customer()
    assert buyer is not None  # login_required
    po_number = form.pop("po_number") or None
    wanted = OrderRequest(
        {line.variant.sku: line.pieces for line in lines}, pay_method, po_number, form
    )
    order = place(db(), buyer, wanted, now())
    response = make_response(redirect(url_for("orders.detail", order_no=order.order_no, new="Y")))
    cart.write(response, {})
    return response


def _cookie() -> dict[str, int]:
    return cart.read(request.cookies.get(cart.COOKIE))


def _lines() -> list[Line]:
    """What is in the cart and still for sale."""
    wanted = _cookie()
    rows = db().execute(
        select(Variant, Stock.qty)
        .join(Stock, Stock.sku == Variant.sku)
        .join(Product)
        .options(joinedload(Variant.product))
        .where(Variant.sku.in_(wanted), Variant.active == "Y", Product.active == "Y")
        .order_by(Variant.sku)
    )
    lines = []
    for variant, left in rows:
        product = variant.product
        price = effective(amount(product.price) + amount(variant.price_diff), product.disc_pct)
        lines.append(Line(variant, product, wanted[variant.sku], left, price))
    return lines


def _total(lines: list[Line]) -> str:
    return write(sum((line.price * line.pieces for line in lines), Decimal()))
