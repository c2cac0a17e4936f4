"""Sagas: what the staff change here while the monolith owns the goods."""

from alembic import op

from chassis.saga.storage import postgres as saga

revision = "0004"
down_revision: str | None = "0003"


def upgrade() -> None:
    for block in (saga.SCHEMA_1, saga.SCHEMA_2, saga.SCHEMA_3, saga.SEALED_1):
        op.execute(block)


def downgrade() -> None:
    op.execute("DROP TABLE saga_story, saga")
