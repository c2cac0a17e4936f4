"""What was taken and given back for an order, so that a refund can be told to whoever paid."""

from alembic import op

revision = "0002"
down_revision = "0001"

PAYMENTS = """
CREATE TABLE payment (
    id       text PRIMARY KEY,
    order_no text,
    email    text,
    name     text,
    captured text,
    refunded text,
    noted    timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE payment IS 'joined of events of two owners, which come in either order';
CREATE INDEX payment_noted ON payment (noted);
"""


def upgrade() -> None:
    op.execute(PAYMENTS)


def downgrade() -> None:
    op.execute("DROP TABLE payment")
