"""Who owns the goods, and what the catalog writes as their owner."""

from alembic import op

from chassis.ownership import schema

revision = "0005"
down_revision: str | None = "0004"


def upgrade() -> None:
    for block in (schema.SCHEMA_1, schema.owned("goods")):
        op.execute(block)


def downgrade() -> None:
    op.execute(schema.UNDO_1)
