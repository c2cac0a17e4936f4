"""The trace in which a mail was asked for: a mail that is sent later belongs to it all the same."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute("ALTER TABLE mail ADD COLUMN trace text NOT NULL DEFAULT ''")
    op.execute("COMMENT ON COLUMN mail.trace IS 'traceparent of the handler; empty: of none'")


def downgrade() -> None:
    op.execute("ALTER TABLE mail DROP COLUMN trace")
