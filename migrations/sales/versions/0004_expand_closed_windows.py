"""Of which domains the owner publishes what changes, and legacy's log tells no more."""

from alembic import op

from chassis.ownership import schema

revision = "0004"
down_revision: str | None = "0003"


def upgrade() -> None:
    op.execute(schema.OWNER_1)


def downgrade() -> None:
    op.execute("DROP TABLE domain_owner")
