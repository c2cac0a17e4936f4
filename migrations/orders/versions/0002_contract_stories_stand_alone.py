"""A saga's story refers to it by its id alone; the cleaning deletes both."""

from alembic import op

from chassis.saga.storage import postgres as saga

revision = "0002"
down_revision: str | None = "0001"


def upgrade() -> None:
    op.execute(saga.SCHEMA_2)


def downgrade() -> None:
    op.execute(
        "ALTER TABLE saga_story ADD CONSTRAINT saga_story_saga_id_fkey"
        " FOREIGN KEY (saga_id) REFERENCES saga ON DELETE CASCADE"
    )
