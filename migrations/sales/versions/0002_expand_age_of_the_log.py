"""How old a position in legacy's log is, so that rows that are gone there are forgotten."""

from alembic import op

from chassis import retention

revision = "0002"
down_revision: str | None = "0001"

GONE = """
CREATE INDEX mirror_gone ON mirror (lsn) WHERE gone;
CREATE INDEX sold_order_gone ON sold_order (lsn) WHERE deleted;
CREATE INDEX sold_line_gone ON sold_line (lsn) WHERE deleted;
"""


def upgrade() -> None:
    for block in (retention.SCHEMA_1, GONE):
        op.execute(block)


def downgrade() -> None:
    op.execute("DROP INDEX mirror_gone, sold_order_gone, sold_line_gone")
    op.execute("DROP TABLE log_age")
