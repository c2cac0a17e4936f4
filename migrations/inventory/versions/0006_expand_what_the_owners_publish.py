"""The goods as the catalog publishes them, behind their closed window; and counts on the shelf that
are made here.
"""

from alembic import op

from chassis.events import inbox

revision = "0006"
down_revision: str | None = "0005"

STATUS = """
ALTER TABLE claim DROP CONSTRAINT claim_status_check, ADD CONSTRAINT claim_status_check
    CHECK (status IN ('held', 'refused', 'released', 'sold'{more}))
"""

FORGET = "DELETE FROM claim WHERE status = 'counted'"


def upgrade() -> None:
    for block in (inbox.SCHEMA_1, STATUS.format(more=", 'counted'")):
        op.execute(block)


def downgrade() -> None:
    for block in (FORGET, STATUS.format(more=""), "DROP TABLE inbox"):
        op.execute(block)
