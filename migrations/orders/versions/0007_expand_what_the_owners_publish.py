"""Customers and goods as their owners publish them, behind closed windows."""

from alembic import op

from chassis.events import inbox

revision = "0007"
down_revision: str | None = "0006"


def upgrade() -> None:
    op.execute(inbox.SCHEMA_1)


def downgrade() -> None:
    op.execute("DROP TABLE inbox")
