"""The gate of the stock while the new side owns the orders, and what it tells the monolith then."""

from alembic import op

from chassis.ownership import schema

revision = "0005"
down_revision: str | None = "0004"

GATE = """
ALTER TABLE claim ADD COLUMN epoch bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN claim.epoch IS 'in which it was gated; 0: the monolith decides';
ALTER TABLE movement ADD COLUMN left_over integer;
COMMENT ON COLUMN movement.left_over IS 'the stock after it; null: not made here as the owner';
"""
UNDO = (
    "ALTER TABLE movement DROP COLUMN left_over",
    "ALTER TABLE claim DROP COLUMN epoch",
    schema.UNDO_1,
)


def upgrade() -> None:
    for block in (schema.SCHEMA_1, schema.owned("orders"), GATE):
        op.execute(block)


def downgrade() -> None:
    for block in UNDO:
        op.execute(block)
