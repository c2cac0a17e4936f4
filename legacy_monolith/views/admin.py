"""The back office: articles with their prices and stock, and the sales report."""

import csv
import io
from collections.abc import Iterator
from decimal import Decimal
from itertools import chain

from flask import (
    Blueprint,
    Response,
    abort,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy import func, or_, select

from legacy_monolith.access import admin_required, csrf_checked
from legacy_monolith.clock import now
from legacy_monolith.database import db
from legacy_monolith.models import Product, Stock, StockMovement, Variant
from legacy_monolith.shop import money, sales
from legacy_monolith.shop.listing import stock_of
from legacy_monolith.shop.ordering import adjust
from legacy_monolith.shop.texts import search_pattern, whole_number, yes_no

blueprint = Blueprint("admin", __name__)

PER_PAGE = 50
MOST_DISCOUNT = 70
MOST_STOCK = 100_000


@blueprint.get("/")
@admin_required
def home() -> ResponseReturnValue:
    return redirect(url_for("admin.products"))


@blueprint.get("/products")
@admin_required
def products() -> ResponseReturnValue:
    """All of them, also the inactive ones, by sku."""
    page = whole_number(request.args.get("page"), 1)
    wanted = request.args.get("q", "").replace("\0", "").strip()
    chosen = select(Product)
    if wanted:
        pattern = search_pattern(wanted.lower())
        by_name = func.lower(Product.name).like(pattern, escape="\\")
        by_sku = func.lower(Product.sku).like(pattern, escape="\\")
        chosen = chosen.where(or_(by_name, by_sku))
    total = db().scalar(select(func.count()).select_from(chosen.subquery())) or 0
    pages = max(-(-total // PER_PAGE), 1)
    page = min(page, pages)
    rows = chosen.order_by(Product.sku).limit(PER_PAGE).offset((page - 1) * PER_PAGE)
    found = list(db().scalars(rows))
    return render_template(
        "admin/products.html",
        products=found,
        stock=stock_of(db(), found),
        wanted=wanted,
        total=total,
        page=page,
        pages=pages,
    )


@blueprint.route("/products/<sku>", methods=["GET", "POST"])
@admin_required
@csrf_checked
def product(sku: str) -> ResponseReturnValue:
    found = db().scalar(select(Product).where(Product.sku == sku.upper().replace("\0", "")))
    if found is None:
        abort(404, "There is no article with this number.")
    problem = None
    if request.method == "POST":
        problem = _save(found)
        if problem is None:
            return redirect(url_for("admin.product", sku=found.sku, ok="saved"))
        db().rollback()
    return _product_page(found, problem)


@blueprint.post("/products/<sku>/stock")
@admin_required
@csrf_checked
def stock(sku: str) -> ResponseReturnValue:
    """After counting the shelf: the new stock of one variant; the ledger gets the difference."""
    found = db().scalar(select(Product).where(Product.sku == sku.upper().replace("\0", "")))
    variant = request.form.get("variant", "")
    if found is None or variant not in {row.sku for row in found.variants}:
        abort(404, "There is no such article.")
    counted = request.form.get("qty", "").strip()
    if not counted.isdecimal() or len(counted) > 6 or int(counted) > MOST_STOCK:
        return _product_page(found, f"The stock must be a number from 0 to {MOST_STOCK}.")
    adjust(db(), variant, int(counted), now())
    return redirect(url_for("admin.product", sku=found.sku, ok="saved"))


@blueprint.get("/report")
@admin_required
def report() -> ResponseReturnValue:
    """Slow, and known to be."""
    span = _period()
    rows = sales.report(db(), span)
    total = money.write(sum((row.revenue for row in rows), Decimal()))
    return render_template("admin/report.html", rows=rows, span=span, total=total)


@blueprint.get("/report.csv")
@admin_required
def report_csv() -> Response:
    """The single sales, for the spreadsheet: semicolons, and a mark so that it sees umlauts."""
    span = _period()
    name = f"sales-{span.first}-{span.last}.csv"
    return Response(
        stream_with_context(_csv(span)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _csv(span: sales.Period) -> Iterator[bytes]:
    for line in chain([("\ufeff",)], sales.lines(db(), span)):
        text = io.StringIO()
        if line == ("\ufeff",):
            text.write("\ufeff")
        else:
            csv.writer(text, delimiter=";").writerow(line)
        yield text.getvalue().encode()


def _period() -> sales.Period:
    first, last = request.args.get("from", ""), request.args.get("to", "")
    return sales.period(db(), first, last, now().date())


def _save(found: Product) -> str | None:
    """Take over the form; gives the problem, if any."""
    price = money.parse(request.form.get("price", ""))
    if price is None or price == 0:
        return "The price must be an amount such as 129.00."
    discount = request.form.get("disc_pct", "").strip().rstrip("%").strip()
    if discount and not (discount.isdecimal() and int(discount[:5]) <= MOST_DISCOUNT):
        return f"The discount must be a whole number from 0 to {MOST_DISCOUNT}, or nothing."
    name = request.form.get("name", found.name).strip()
    if not 1 <= len(name) <= 200:
        return "The name must have 1 to 200 characters."
    found.name = name
    found.price = money.write(price)
    found.disc_pct = str(int(discount)) if discount else ""
    found.active = yes_no("active" in request.form)
    found.discontinued = yes_no("discontinued" in request.form)
    found.updated = now()
    db().commit()
    return None


def _product_page(found: Product, problem: str | None) -> ResponseReturnValue:
    skus = [variant.sku for variant in found.variants]
    rows = select(Variant, Stock.qty).join(Stock, Stock.sku == Variant.sku)
    variants = db().execute(rows.where(Variant.sku.in_(skus)).order_by(Variant.sku)).all()
    ledger = select(StockMovement).where(StockMovement.sku.in_(skus))
    movements = db().scalars(ledger.order_by(StockMovement.id.desc()).limit(15)).all()
    page = render_template(
        "admin/product.html",
        product=found,
        variants=variants,
        movements=movements,
        problem=problem,
    )
    return page, 400 if problem else 200
