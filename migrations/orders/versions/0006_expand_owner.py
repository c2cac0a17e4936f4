"""Who owns the orders, the orders that we own, and the numbers they are given.

An order of ours takes name, price and address from what the feed tells of goods and customers: more
columns of theirs are read, so the stream is read from its beginning again, as in 0005.
"""

from alembic import op

from chassis.ownership import schema

revision = "0006"
down_revision: str | None = "0005"

OWNED = """
CREATE SEQUENCE owned_order_id AS bigint;
CREATE SEQUENCE owned_order_no AS bigint;
CREATE TABLE owned_order (
    order_no    text PRIMARY KEY,
    order_id    bigint NOT NULL UNIQUE,
    customer_id bigint NOT NULL,
    email       text NOT NULL,
    saga_id     text,
    epoch       bigint NOT NULL,
    placed      boolean NOT NULL,
    content     text NOT NULL
);
COMMENT ON TABLE owned_order IS 'orders that were placed or changed here as their owner; kept';
COMMENT ON COLUMN owned_order.order_id IS 'by which both sides sort';
COMMENT ON COLUMN owned_order.epoch IS 'in which it was written last; the monolith may know better';
COMMENT ON COLUMN owned_order.placed IS 'it was placed here, and bears no mark in the monolith';
CREATE UNIQUE INDEX owned_order_of_saga ON owned_order (saga_id) WHERE placed;
"""

LOOKUPS = """
CREATE INDEX mirror_customer_by_email ON mirror ((fields->>'email'))
    WHERE entity = 'customer' AND NOT gone;
"""
AGAIN = "DELETE FROM reader_position WHERE name LIKE 'legacy feed%'"
UNDO = (
    "DROP INDEX mirror_customer_by_email",
    "DROP TABLE owned_order",
    "DROP SEQUENCE owned_order_id, owned_order_no",
    schema.UNDO_1,
)


def upgrade() -> None:
    for block in (schema.SCHEMA_1, schema.owned("orders"), OWNED, LOOKUPS, AGAIN):
        op.execute(block)


def downgrade() -> None:
    for block in UNDO:
        op.execute(block)
