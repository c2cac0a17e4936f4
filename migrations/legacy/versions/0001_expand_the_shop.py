"""The shop's tables, as ten years left them: prices are text, flags Y and N, times local."""

from alembic import op

revision = "0001"
down_revision: str | None = None

CATALOGUE = """
CREATE TABLE category (
    code        varchar(20) PRIMARY KEY,
    name        varchar(100) NOT NULL,
    parent_code varchar(20) REFERENCES category (code),
    sort_no     integer NOT NULL DEFAULT 0
);
CREATE TABLE product (
    id           serial PRIMARY KEY,
    sku          varchar(20) NOT NULL UNIQUE,
    name         varchar(200) NOT NULL,
    descr        text NOT NULL DEFAULT '',
    cat_code     varchar(20) NOT NULL REFERENCES category (code),
    price        varchar(20) NOT NULL,
    disc_pct     varchar(5),
    colour       varchar(30) NOT NULL DEFAULT '',
    tags         text NOT NULL DEFAULT '',
    active       char(1) NOT NULL DEFAULT 'Y' CHECK (active IN ('Y', 'N')),
    discontinued char(1) NOT NULL DEFAULT 'N' CHECK (discontinued IN ('Y', 'N')),
    weight_g     integer,
    img          varchar(200) NOT NULL DEFAULT '',
    created      timestamp NOT NULL DEFAULT localtimestamp(0),
    updated      timestamp NOT NULL DEFAULT localtimestamp(0)
);
CREATE INDEX product_by_category ON product (cat_code, active);
CREATE INDEX product_by_name ON product (lower(name), sku) WHERE active = 'Y';
CREATE INDEX product_by_created ON product (created DESC, sku) WHERE active = 'Y';
CREATE TABLE variant (
    id         serial PRIMARY KEY,
    product_id integer NOT NULL REFERENCES product (id),
    sku        varchar(30) NOT NULL UNIQUE,
    color      varchar(30) NOT NULL DEFAULT '',
    size       varchar(10) NOT NULL DEFAULT '',
    price_diff varchar(20) NOT NULL DEFAULT '0.00',
    active     char(1) NOT NULL DEFAULT 'Y' CHECK (active IN ('Y', 'N'))
);
CREATE INDEX variant_by_product ON variant (product_id);
"""

STOCK = """
CREATE TABLE stock (
    sku     varchar(30) PRIMARY KEY REFERENCES variant (sku),
    qty     integer NOT NULL CHECK (qty >= 0),
    updated timestamp NOT NULL DEFAULT localtimestamp(0)
);
CREATE TABLE stock_movement (
    id         bigserial PRIMARY KEY,
    sku        varchar(30) NOT NULL REFERENCES variant (sku),
    qty_change integer NOT NULL,
    reason     varchar(20) NOT NULL CHECK (reason IN ('INIT', 'SALE', 'CANCEL', 'ADJUST')),
    order_no   varchar(20),
    created    timestamp NOT NULL DEFAULT localtimestamp(0)
);
CREATE INDEX stock_movement_by_sku ON stock_movement (sku, id);
CREATE INDEX stock_movement_by_order ON stock_movement (order_no) WHERE order_no IS NOT NULL;
"""

CUSTOMERS = """
CREATE TABLE customer (
    id       serial PRIMARY KEY,
    email    varchar(200) NOT NULL UNIQUE,
    name     varchar(100) NOT NULL,
    pw_hash  varchar(200) NOT NULL,
    is_admin char(1) NOT NULL DEFAULT 'N' CHECK (is_admin IN ('Y', 'N')),
    street   varchar(200) NOT NULL DEFAULT '',
    zip      varchar(20) NOT NULL DEFAULT '',
    city     varchar(100) NOT NULL DEFAULT '',
    country  varchar(2) NOT NULL DEFAULT 'DE',
    created  timestamp NOT NULL DEFAULT localtimestamp(0)
);
"""

ORDERS = """
CREATE SEQUENCE order_no_seq;
CREATE TABLE orders (
    id          serial PRIMARY KEY,
    order_no    varchar(20) NOT NULL UNIQUE,
    customer_id integer NOT NULL REFERENCES customer (id),
    status      varchar(12) NOT NULL DEFAULT 'NEW'
                CHECK (status IN ('NEW', 'PAID', 'SHIPPED', 'CANCELLED')),
    total       varchar(20) NOT NULL,
    po_number   varchar(100),
    pay_method  varchar(20) NOT NULL,
    ship_name   varchar(100) NOT NULL DEFAULT '',
    ship_street varchar(200) NOT NULL DEFAULT '',
    ship_zip    varchar(20) NOT NULL DEFAULT '',
    ship_city   varchar(100) NOT NULL DEFAULT '',
    created     timestamp NOT NULL DEFAULT localtimestamp(0),
    updated     timestamp NOT NULL DEFAULT localtimestamp(0)
);
CREATE INDEX orders_by_customer ON orders (customer_id, id DESC);
CREATE INDEX orders_by_created ON orders (created);
CREATE INDEX orders_by_po_number ON orders (po_number) WHERE po_number IS NOT NULL;
CREATE TABLE order_line (
    id       serial PRIMARY KEY,
    order_id integer NOT NULL REFERENCES orders (id),
    line_no  integer NOT NULL,
    sku      varchar(30) NOT NULL,
    name     varchar(250) NOT NULL,
    qty      integer NOT NULL CHECK (qty > 0),
    price    varchar(20) NOT NULL,
    UNIQUE (order_id, line_no)
);
CREATE TABLE payment (
    id       serial PRIMARY KEY,
    order_id integer NOT NULL REFERENCES orders (id),
    amount   varchar(20) NOT NULL,
    method   varchar(20) NOT NULL,
    status   varchar(12) NOT NULL
             CHECK (status IN ('AUTH', 'CAPTURED', 'REFUNDED', 'DECLINED')),
    created  timestamp NOT NULL DEFAULT localtimestamp(0)
);
CREATE INDEX payment_by_order ON payment (order_id);
"""


def upgrade() -> None:
    for block in (CATALOGUE, STOCK, CUSTOMERS, ORDERS):
        op.execute(block)


def downgrade() -> None:
    op.execute("DROP TABLE payment, order_line, orders, stock_movement, stock, variant, product")
    op.execute("DROP TABLE category, customer")
    op.execute("DROP SEQUENCE order_no_seq")
