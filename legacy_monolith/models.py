"""The tables, as they are. `colour` and `color` are two people's spelling of one word."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """The schema itself is made by migrations/legacy; here it is only read."""


class Category(Base):
    __tablename__ = "category"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("category.code"))
    sort_no: Mapped[int]


class Product(Base):
    __tablename__ = "product"

    id: Mapped[int] = mapped_column(primary_key=True)
    sku: Mapped[str]
    name: Mapped[str]
    descr: Mapped[str] = mapped_column(Text)
    cat_code: Mapped[str] = mapped_column(ForeignKey("category.code"))
    price: Mapped[str]
    disc_pct: Mapped[str | None]
    colour: Mapped[str]
    tags: Mapped[str] = mapped_column(Text)
    active: Mapped[str]
    discontinued: Mapped[str]
    weight_g: Mapped[int | None]
    img: Mapped[str]
    created: Mapped[datetime]
    updated: Mapped[datetime]

    category: Mapped[Category] = relationship()
    variants: Mapped[list["Variant"]] = relationship(
        back_populates="product", order_by="Variant.sku"
    )


class Variant(Base):
    __tablename__ = "variant"

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    sku: Mapped[str]
    color: Mapped[str]
    size: Mapped[str]
    price_diff: Mapped[str]
    active: Mapped[str]

    product: Mapped[Product] = relationship(back_populates="variants")


class Stock(Base):
    __tablename__ = "stock"

    sku: Mapped[str] = mapped_column(primary_key=True)
    qty: Mapped[int]
    updated: Mapped[datetime]


class StockMovement(Base):
    """The ledger: for every sku the changes add up to the quantity in `stock`."""

    __tablename__ = "stock_movement"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    sku: Mapped[str]
    qty_change: Mapped[int]
    reason: Mapped[str]
    order_no: Mapped[str | None]
    created: Mapped[datetime]


class Customer(Base):
    __tablename__ = "customer"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    name: Mapped[str]
    pw_hash: Mapped[str]
    is_admin: Mapped[str]
    street: Mapped[str]
    zip: Mapped[str]
    city: Mapped[str]
    country: Mapped[str]
    created: Mapped[datetime]


class Order(Base):
    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_no: Mapped[str]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    status: Mapped[str]
    total: Mapped[str]
    po_number: Mapped[str | None]
    pay_method: Mapped[str]
    ship_name: Mapped[str]
    ship_street: Mapped[str]
    ship_zip: Mapped[str]
    ship_city: Mapped[str]
    created: Mapped[datetime]
    updated: Mapped[datetime]

    customer: Mapped[Customer] = relationship()
    lines: Mapped[list["OrderLine"]] = relationship(order_by="OrderLine.line_no")
    payments: Mapped[list["Payment"]] = relationship(order_by="Payment.id")


class OrderLine(Base):
    __tablename__ = "order_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    line_no: Mapped[int]
    sku: Mapped[str]
    name: Mapped[str]
    qty: Mapped[int]
    price: Mapped[str]


class Payment(Base):
    __tablename__ = "payment"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    amount: Mapped[str]
    method: Mapped[str]
    status: Mapped[str]
    created: Mapped[datetime]
