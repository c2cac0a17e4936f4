"""What a single line of the spreadsheet says besides the sums: article, place, whose order it was.
Who may see the report is not looked up here any more.

The rows are a copy of legacy's, so they are read again: from the stream, or by the feed where the
stream no longer holds all. Until then the service is not ready.
"""

from alembic import op

revision = "0003"
down_revision: str | None = "0002"

COLUMNS = """
ALTER TABLE sold_order ADD COLUMN customer_id bigint;
ALTER TABLE sold_line ADD COLUMN line_no integer, ADD COLUMN name text;
DROP INDEX mirror_by_email;
"""
AGAIN = """
TRUNCATE sold_order, sold_line, daily, mirror, mirror_floor;
DELETE FROM reader_position WHERE name LIKE 'legacy feed%';
"""
BACK = """
CREATE INDEX mirror_by_email ON mirror ((fields->>'email')) WHERE entity = 'customer' AND NOT gone;
ALTER TABLE sold_order DROP COLUMN customer_id;
ALTER TABLE sold_line DROP COLUMN line_no, DROP COLUMN name;
"""


def upgrade() -> None:
    for block in (COLUMNS, AGAIN):
        op.execute(block)


def downgrade() -> None:
    op.execute(BACK)
