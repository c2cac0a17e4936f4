"""What decides about an order outlasts its saga: which order a saga wrote is kept for ever, and an
order that could not be judged when the feed told it is remembered until it can.
"""

from alembic import op

from chassis.saga.storage import postgres as saga

revision = "0003"
down_revision: str | None = "0002"

WRITTEN = """
CREATE TABLE written_order (
    order_no text PRIMARY KEY,
    saga_id  text NOT NULL,
    at       timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE written_order IS 'which order a saga wrote; never cleaned: it decides about money';
CREATE INDEX written_by_saga ON written_order (saga_id);
INSERT INTO written_order (order_no, saga_id)
SELECT state->'results'->'write'->'order'->>'order_no', id FROM saga
WHERE kind = 'place-order' AND phase = 'done' AND state->'results' ? 'write'
ON CONFLICT DO NOTHING;
"""

UNJUDGED = """
CREATE TABLE unjudged_order (
    order_id bigint PRIMARY KEY,
    saga_id  text NOT NULL,
    at       timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE unjudged_order IS 'told by the feed before its saga knew what it wrote';
"""

# For the customer's list of what is pending, and for taking seals out of what has ended.
LOOKUPS = """
CREATE INDEX saga_pending ON saga ((state->'request'->'customer'->>'email'))
    WHERE kind = 'place-order' AND phase IN ('forward', 'backward', 'parked');
CREATE INDEX saga_sealed ON saga (updated)
    WHERE phase IN ('done', 'undone') AND state->'request'->'customer'->>'session' <> '';
"""


def upgrade() -> None:
    for block in (saga.SCHEMA_3, WRITTEN, UNJUDGED, LOOKUPS):
        op.execute(block)


def downgrade() -> None:
    op.execute("DROP INDEX saga_pending, saga_sealed")
    op.execute("DROP TABLE written_order, unjudged_order")
    op.execute("ALTER TABLE saga DROP COLUMN waits_for")
