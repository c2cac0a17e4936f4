"""What a single line of the spreadsheet says besides the sums: article, place, whose order it was.

The rows are a copy of legacy's, so they are read again: from the stream, or by the feed where the
stream no longer holds all. Until then the service is not ready.
"""

from alembic import op

revision = "0003"
down_revision: str | None = "0002"

COLUMNS = """
ALTER TABLE sold_order ADD COLUMN customer_id bigint;
ALTER TABLE sold_line ADD COLUMN line_no integer, ADD COLUMN name text;
"""
AGAIN = """
TRUNCATE sold_order, sold_line, daily, mirror, mirror_floor;
DELETE FROM reader_position WHERE name LIKE 'legacy feed%';
"""


def upgrade() -> None:
    for block in (COLUMNS, AGAIN):
        op.execute(block)


def downgrade() -> None:
    op.execute("ALTER TABLE sold_order DROP COLUMN customer_id")
    op.execute("ALTER TABLE sold_line DROP COLUMN line_no, DROP COLUMN name")
