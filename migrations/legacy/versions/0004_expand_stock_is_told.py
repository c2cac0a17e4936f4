"""The stock has a reverse feed of its own: another service than that of the orders tells of it."""

from alembic import op

revision = "0004"
down_revision: str | None = "0003"


def upgrade() -> None:
    op.execute("INSERT INTO fig.applied (domain) VALUES ('stock')")


def downgrade() -> None:
    op.execute("DELETE FROM fig.applied WHERE domain = 'stock'")
