"""The goods in the new side's words, the documents made of them, and how far both have come."""

from alembic import op

from chassis.readmodel import follower

revision = "0001"
down_revision: str | None = None

# Rows that are gone stay as tombstones: an older change that comes late must not bring them back.
GOODS = """
CREATE TABLE category (
    code        text PRIMARY KEY,
    name        text,
    parent_code text,
    position    integer,
    deleted     boolean NOT NULL,
    lsn         bigint NOT NULL,
    seq         integer NOT NULL,
    CHECK (deleted OR num_nulls(name, position) = 0)
);
CREATE TABLE product (
    id               bigint PRIMARY KEY,
    sku              text,
    name             text,
    description      text,
    category_code    text,
    list_price       numeric,
    discount_percent text,
    colour           text,
    tags             text[],
    tags_text        text,
    active           boolean,
    discontinued     boolean,
    weight_grams     integer,
    image            text,
    created          timestamp,
    updated          timestamp,
    deleted          boolean NOT NULL,
    lsn              bigint NOT NULL,
    seq              integer NOT NULL,
    CHECK (deleted OR num_nulls(sku, name, description, category_code, list_price,
                                discount_percent, colour, tags, tags_text, active, discontinued,
                                image, created, updated) = 0)
);
CREATE INDEX product_by_category ON product (category_code);
CREATE TABLE variant (
    id               bigint PRIMARY KEY,
    product_id       bigint,
    sku              text,
    colour           text,
    size             text,
    price_difference numeric,
    active           boolean,
    deleted          boolean NOT NULL,
    lsn              bigint NOT NULL,
    seq              integer NOT NULL,
    CHECK (deleted OR num_nulls(product_id, sku, colour, size, price_difference, active) = 0)
);
CREATE INDEX variant_by_product ON variant (product_id);
CREATE INDEX variant_by_sku ON variant (sku);
CREATE TABLE stock (
    sku      text PRIMARY KEY,
    quantity integer,
    deleted  boolean NOT NULL,
    lsn      bigint NOT NULL,
    seq      integer NOT NULL,
    CHECK (deleted OR quantity IS NOT NULL)
);
"""

# One row a product, ready to send; the columns beside the bytes are for finding and sorting.
# No index looks at the bytes, and pages keep room: a new stock or price text then leaves every
# index alone (heap-only update).
DOCUMENTS = """
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE TABLE document (
    product_id    bigint PRIMARY KEY,
    sku           text NOT NULL,
    listed        boolean NOT NULL,
    detail        bytea,
    item          bytea,
    category_code text NOT NULL,
    name_key      text NOT NULL,
    price         numeric NOT NULL,
    created       timestamp NOT NULL,
    search_text   text NOT NULL,
    CHECK (listed = (item IS NOT NULL))
) WITH (fillfactor = 60);
COMMENT ON COLUMN document.detail IS 'answer of GET /api/products/{sku}; null: not to be found';
COMMENT ON COLUMN document.item IS 'member of GET /api/products; null: not listed';
CREATE INDEX document_by_sku ON document (sku);
CREATE INDEX document_by_name ON document (name_key, sku) WHERE listed;
CREATE INDEX document_by_price ON document (price, sku) WHERE listed;
CREATE INDEX document_by_price_down ON document (price DESC, sku) WHERE listed;
CREATE INDEX document_newest ON document (created DESC, sku) WHERE listed;
CREATE INDEX document_by_category ON document (category_code) WHERE listed;
CREATE INDEX document_search ON document USING gin (search_text gin_trgm_ops)
    WHERE listed;
"""

FLOORS = """
CREATE TABLE projection_floor (
    entity text PRIMARY KEY,
    lsn    bigint NOT NULL,
    seq    integer NOT NULL
);
COMMENT ON TABLE projection_floor IS 'no row of the entity older than this version exists';
"""


def upgrade() -> None:
    for block in (GOODS, DOCUMENTS, FLOORS, follower.SCHEMA_1):
        op.execute(block)


def downgrade() -> None:
    op.execute("DROP TABLE document, category, product, variant, stock")
    op.execute("DROP TABLE projection_floor, reader_position")
    op.execute("DROP EXTENSION pg_trgm")
