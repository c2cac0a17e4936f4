"""How old a position in legacy's log is, so that rows that are gone there are forgotten."""

from alembic import op

from chassis import retention

revision = "0004"
down_revision: str | None = "0003"

GONE = """
CREATE INDEX mirror_gone ON mirror (lsn) WHERE gone;
"""


def upgrade() -> None:
    for block in (retention.SCHEMA_1, GONE):
        op.execute(block)


def downgrade() -> None:
    op.execute("DROP INDEX mirror_gone")
    op.execute("DROP TABLE log_age")
