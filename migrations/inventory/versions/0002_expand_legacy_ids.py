"""Legacy's numbers of movements and orders, so that what is gone there goes here too."""

from alembic import op

revision = "0002"
down_revision: str | None = "0001"

COLUMNS = """
ALTER TABLE movement ADD COLUMN legacy_id bigint;
COMMENT ON COLUMN movement.legacy_id IS 'its number in legacy, once the feed has told it';
UPDATE movement SET legacy_id = substr(origin, 8)::bigint WHERE origin LIKE 'legacy:%';
CREATE INDEX movement_by_legacy_id ON movement (legacy_id);
ALTER TABLE order_mark ADD COLUMN order_id bigint, ADD COLUMN lsn bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN order_mark.order_id IS 'its number in legacy';
COMMENT ON COLUMN order_mark.lsn IS 'where the feed told it last';
CREATE INDEX mark_by_order_id ON order_mark (order_id);
"""


def upgrade() -> None:
    op.execute(COLUMNS)


def downgrade() -> None:
    op.execute("ALTER TABLE movement DROP COLUMN legacy_id")
    op.execute("ALTER TABLE order_mark DROP COLUMN order_id, DROP COLUMN lsn")
