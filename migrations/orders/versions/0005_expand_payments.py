"""The payments of an order, as the feed tells them, for its page.

They have been in the stream all the while, for nobody: it is read from its beginning again, or by
the feed where it no longer holds all. Until then the service is not ready.
"""

from alembic import op

revision = "0005"
down_revision: str | None = "0004"

LOOKUPS = """
CREATE INDEX mirror_payments ON mirror ((fields->>'order_id'))
    WHERE entity = 'payment' AND NOT gone;
"""
AGAIN = "DELETE FROM reader_position WHERE name LIKE 'legacy feed%'"


def upgrade() -> None:
    for block in (LOOKUPS, AGAIN):
        op.execute(block)


def downgrade() -> None:
    op.execute("DROP INDEX mirror_payments")
