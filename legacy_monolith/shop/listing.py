"""Finding products: which are listed, by what words, in what order, on which page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Numeric, Select, and_, cast, exists, func, not_, or_, select
from sqlalchemy.orm import Session

from legacy_monolith.models import Category, Product, Stock, Variant
from legacy_monolith.shop.texts import search_pattern, whole_number

PER_PAGE = 24
MOST_PER_PAGE = 100


class UnknownCategory(Exception):
    """No category has this code."""


@dataclass(frozen=True)
class Query:
    """What somebody looks for; `page` counts from 1."""

    words: tuple[str, ...] = ()
    category: str = ""
    sort: str = "name"
    page: int = 1
    per_page: int = PER_PAGE

    @classmethod
    def read(cls, args: Mapping[str, str]) -> "Query":
        """From a query string; what makes no sense becomes the default, never an error."""
        sort = args.get("sort", "name")
        return cls(
            words=tuple(args.get("q", "").replace("\0", " ").split()),
            category=args.get("category", "").replace("\0", ""),
            sort=sort if sort in ORDERS else "name",
            page=whole_number(args.get("page"), 1),
            per_page=min(whole_number(args.get("per_page"), PER_PAGE), MOST_PER_PAGE),
        )


@dataclass(frozen=True)
class Listing:
    """One page of products, and the pieces in stock by product id."""

    products: list[Product]
    stock: dict[int, int]
    total: int
    query: Query

    @property
    def pages(self) -> int:
        return -(-self.total // self.query.per_page)


def find(session: Session, query: Query) -> Listing:
    """One page of what matches; raises UnknownCategory."""
    condition = and_(listed(), *_conditions(session, query))
    total = session.scalar(select(func.count()).select_from(Product).where(condition)) or 0
    products: list[Product] = []
    if (query.page - 1) * query.per_page < total:
        page = _page(select(Product).where(condition), query)
        products = list(session.scalars(page))
    return Listing(products, stock_of(session, products), total, query)


def listed() -> ColumnElement[bool]:
    """Active products; a discontinued one only while there is something left of it."""
    left = exists().where(
        Variant.product_id == Product.id,
        Variant.active == "Y",
        Stock.sku == Variant.sku,
        Stock.qty > 0,
    )
    return and_(Product.active == "Y", not_(and_(Product.discontinued == "Y", not_(left))))


def stock_of(session: Session, products: list[Product]) -> dict[int, int]:
    """Product id → pieces over its active variants."""
    if not products:
        return {}
    rows = session.execute(
        select(Variant.product_id, func.sum(Stock.qty))
        .join(Stock, Stock.sku == Variant.sku)
        .where(Variant.product_id.in_([p.id for p in products]), Variant.active == "Y")
        .group_by(Variant.product_id)
    )
    found = {product_id: int(pieces) for product_id, pieces in rows}
    return {product.id: found.get(product.id, 0) for product in products}


def _conditions(session: Session, query: Query) -> list[ColumnElement[bool]]:
    text = func.lower(Product.name + " " + Product.descr + " " + Product.tags)
    conditions: list[ColumnElement[bool]] = [
        text.like(func.lower(search_pattern(word)), escape="\\") for word in query.words
    ]
    if query.category:
        codes = select(Category.code).where(
            or_(Category.code == query.category, Category.parent_code == query.category)
        )
        found = list(session.scalars(codes))
        if query.category not in found:
            raise UnknownCategory(query.category)
        conditions.append(Product.cat_code.in_(found))
    return conditions


def _page(statement: Select[Product], query: Query) -> Select[Product]:
    offset = (query.page - 1) * query.per_page
    return statement.order_by(*ORDERS[query.sort]).limit(query.per_page).offset(offset)


def _effective_price() -> ColumnElement[Any]:
    """`money.effective` in SQL; numeric's round takes halves away from zero, as the shop does."""
    discount = func.coalesce(cast(func.nullif(Product.disc_pct, ""), Numeric), 0)
    return func.round(cast(Product.price, Numeric) * (100 - discount) / 100, 2)


ORDERS: dict[str, tuple[ColumnElement[Any], ...]] = {
    "name": (func.lower(Product.name), Product.sku.expression),
    "price": (_effective_price().asc(), Product.sku.expression),
    "-price": (_effective_price().desc(), Product.sku.expression),
    "newest": (Product.created.desc(), Product.sku.expression),
}
