"""Orders and their lines, what events told ahead of the feed, and the sums by day and category."""

from alembic import op

from chassis.events import inbox
from chassis.readmodel import follower, mirror

revision = "0001"
down_revision: str | None = None

# Columns are null where all that is known of a row is that it is gone.
SOLD = """
CREATE TABLE sold_order (
    id       bigint PRIMARY KEY,
    order_no text,
    status   text,
    created  timestamp,
    deleted  boolean NOT NULL,
    lsn      bigint NOT NULL,
    seq      integer NOT NULL
);
COMMENT ON COLUMN sold_order.created IS 'the shop''s wall clock';
CREATE INDEX sold_order_by_number ON sold_order (order_no);
CREATE INDEX sold_order_by_day ON sold_order (created);
CREATE TABLE sold_line (
    id       bigint PRIMARY KEY,
    order_id bigint,
    sku      text,
    quantity integer,
    price    numeric,
    deleted  boolean NOT NULL,
    lsn      bigint NOT NULL,
    seq      integer NOT NULL
);
CREATE INDEX sold_line_of_order ON sold_line (order_id);
CREATE INDEX sold_line_by_sku ON sold_line (sku);
"""

AHEAD = """
CREATE TABLE ahead (
    order_no  text PRIMARY KEY,
    at        bigint NOT NULL,
    day       date,
    cancelled boolean NOT NULL,
    lines     jsonb NOT NULL
);
COMMENT ON TABLE ahead IS 'told by an event; counts until the feed has come past that moment';
COMMENT ON COLUMN ahead.at IS 'when the event occurred; unix microseconds';
COMMENT ON COLUMN ahead.day IS 'null: only the cancellation was told so far';
"""

DAILY = """
CREATE TABLE daily (
    day       date NOT NULL,
    code      text NOT NULL,
    orders    bigint NOT NULL,
    pieces    bigint NOT NULL,
    revenue   numeric NOT NULL,
    sold      bigint NOT NULL,
    cancelled numeric NOT NULL,
    returned  bigint NOT NULL,
    PRIMARY KEY (day, code)
) WITH (fillfactor = 50);
COMMENT ON TABLE daily IS 'sums over the lines of a day''s orders, by the category they are in now';
COMMENT ON COLUMN daily.sold IS 'lines that count';
COMMENT ON COLUMN daily.returned IS 'lines of cancelled orders';
"""

LOOKUPS = """
CREATE INDEX mirror_by_sku ON mirror ((fields->>'sku')) WHERE entity = 'variant' AND NOT gone;
CREATE INDEX mirror_of_product ON mirror ((fields->>'product_id'))
    WHERE entity = 'variant' AND NOT gone;
CREATE INDEX mirror_by_email ON mirror ((fields->>'email')) WHERE entity = 'customer' AND NOT gone;
"""


def upgrade() -> None:
    for block in (
        follower.SCHEMA_1,
        inbox.SCHEMA_1,
        mirror.SCHEMA_1,
        SOLD,
        AHEAD,
        DAILY,
        LOOKUPS,
    ):
        op.execute(block)


def downgrade() -> None:
    op.execute("DROP TABLE daily, ahead, sold_line, sold_order, mirror, mirror_floor")
    op.execute("DROP TABLE inbox, reader_position")
