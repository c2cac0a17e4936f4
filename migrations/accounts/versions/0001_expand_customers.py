"""Legacy's customers, mirrored."""

from alembic import op

from chassis import retention
from chassis.readmodel import follower, mirror

revision = "0001"
down_revision: str | None = None

GONE = """
CREATE INDEX mirror_gone ON mirror (lsn) WHERE gone;
"""


def upgrade() -> None:
    for block in (mirror.SCHEMA_1, follower.SCHEMA_1, retention.SCHEMA_1, GONE):
        op.execute(block)


def downgrade() -> None:
    op.execute("DROP TABLE mirror, mirror_floor, reader_position, log_age")
