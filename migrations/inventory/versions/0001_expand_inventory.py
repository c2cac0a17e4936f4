"""The ledger of movements, the level of each sku, reservations, and the goods they belong to."""

from alembic import op

from chassis.readmodel import follower, mirror

revision = "0001"
down_revision: str | None = None

LEDGER = """
CREATE TABLE movement (
    origin   text PRIMARY KEY,
    sku      text NOT NULL,
    change   integer NOT NULL,
    reason   text NOT NULL,
    order_no text,
    created  text NOT NULL,
    lsn      bigint
);
COMMENT ON COLUMN movement.origin IS 'what it is the movement of: told twice, it is one movement';
COMMENT ON COLUMN movement.created IS 'the shop''s wall clock';
COMMENT ON COLUMN movement.lsn IS 'where the feed told it; null: so far only a saga did';
CREATE INDEX movement_by_sku ON movement (sku);
CREATE INDEX movement_ahead ON movement (sku) WHERE lsn IS NULL;

CREATE TABLE level (
    sku      text PRIMARY KEY,
    quantity integer NOT NULL DEFAULT 0,
    ahead    integer NOT NULL DEFAULT 0,
    reserved integer NOT NULL DEFAULT 0 CHECK (reserved >= 0),
    ledger   integer NOT NULL DEFAULT 0,
    updated  text NOT NULL DEFAULT '',
    lsn      bigint NOT NULL DEFAULT 0,
    seq      integer NOT NULL DEFAULT 0
);
COMMENT ON COLUMN level.quantity IS 'as legacy has it, by the feed';
COMMENT ON COLUMN level.ahead IS 'sum of the movements that the feed has not told yet';
COMMENT ON COLUMN level.reserved IS 'sum of the reservations held';
COMMENT ON COLUMN level.ledger IS 'sum of all movements: quantity + ahead, or it drifts';
"""

RESERVATIONS = """
CREATE TABLE reservation (
    saga_id text NOT NULL,
    sku     text NOT NULL,
    pieces  integer NOT NULL CHECK (pieces > 0),
    held    boolean NOT NULL DEFAULT true,
    made    timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (saga_id, sku)
);
CREATE INDEX reservation_held ON reservation (saga_id) WHERE held;
CREATE TABLE claim (
    saga_id text PRIMARY KEY,
    status  text NOT NULL CHECK (status IN ('held', 'refused', 'released', 'sold')),
    answer  jsonb,
    changed timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE claim IS 'what became of a saga''s wish; an end bars whatever comes later';
CREATE TABLE order_mark (
    order_no text PRIMARY KEY,
    saga_id  text NOT NULL
);
"""

GOODS = """
CREATE INDEX mirror_by_sku ON mirror (entity, (fields->>'sku')) WHERE NOT gone;
CREATE INDEX mirror_variants ON mirror ((fields->>'product_id'))
    WHERE entity = 'variant' AND NOT gone;
"""


def upgrade() -> None:
    for block in (LEDGER, RESERVATIONS, mirror.SCHEMA_1, GOODS, follower.SCHEMA_1):
        op.execute(block)


def downgrade() -> None:
    op.execute("DROP TABLE movement, level, reservation, claim, order_mark")
    op.execute("DROP TABLE mirror, mirror_floor, reader_position")
