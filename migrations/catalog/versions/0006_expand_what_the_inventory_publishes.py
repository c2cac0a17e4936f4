"""The stock as the inventory publishes it, behind the closed window of the orders."""

from alembic import op

from chassis.events import inbox

revision = "0006"
down_revision: str | None = "0005"


def upgrade() -> None:
    op.execute(inbox.SCHEMA_1)


def downgrade() -> None:
    op.execute("DROP TABLE inbox")
