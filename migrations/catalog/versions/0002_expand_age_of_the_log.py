"""How old a position in legacy's log is, so that rows that are gone there are forgotten."""

from alembic import op

from chassis import retention

revision = "0002"
down_revision: str | None = "0001"

GONE = """
CREATE INDEX category_gone ON category (lsn) WHERE deleted;
CREATE INDEX product_gone ON product (lsn) WHERE deleted;
CREATE INDEX variant_gone ON variant (lsn) WHERE deleted;
CREATE INDEX stock_gone ON stock (lsn) WHERE deleted;
"""


def upgrade() -> None:
    for block in (retention.SCHEMA_1, GONE):
        op.execute(block)


def downgrade() -> None:
    op.execute("DROP INDEX category_gone, product_gone, variant_gone, stock_gone")
    op.execute("DROP TABLE log_age")
