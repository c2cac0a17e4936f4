"""A payment knows the order it paid for, so that no other order has it paid back."""

from alembic import op

revision = "0004"
down_revision: str | None = "0003"


def upgrade() -> None:
    op.execute("ALTER TABLE payment ADD COLUMN order_no text NOT NULL DEFAULT ''")
    op.execute("COMMENT ON COLUMN payment.order_no IS 'told with the capture; empty before'")


def downgrade() -> None:
    op.execute("ALTER TABLE payment DROP COLUMN order_no")
