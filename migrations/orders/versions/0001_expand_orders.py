"""Sagas, orders ready to send, the wishes clients named themselves, and legacy's rows beneath."""

from alembic import op

from chassis.events import outbox
from chassis.readmodel import follower, mirror
from chassis.saga.storage import postgres as saga

revision = "0001"
down_revision: str | None = None

DOCUMENTS = """
CREATE TABLE order_document (
    order_no  text PRIMARY KEY,
    order_id  bigint,
    email     text NOT NULL,
    po_number text,
    saga_id   text,
    status    text NOT NULL,
    body      text,
    own_body  text,
    own_at    bigint NOT NULL DEFAULT 0,
    CHECK (num_nonnulls(body, own_body) > 0)
);
COMMENT ON COLUMN order_document.order_id IS 'by which legacy sorts; null until the feed told it';
COMMENT ON COLUMN order_document.body IS 'as the feed told it';
COMMENT ON COLUMN order_document.own_body IS 'as a saga of ours left it';
COMMENT ON COLUMN order_document.own_at IS 'when; unix microseconds: until the feed is there';
CREATE INDEX order_of_customer ON order_document (email, order_id DESC NULLS FIRST, order_no DESC);
CREATE INDEX order_of_saga ON order_document (saga_id) WHERE saga_id IS NOT NULL;
"""

REQUESTS = """
CREATE TABLE request_key (
    email       text NOT NULL,
    key         text NOT NULL,
    fingerprint text NOT NULL,
    saga_id     text NOT NULL,
    created     timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (email, key)
);
"""

LOOKUPS = """
CREATE INDEX mirror_by_sku ON mirror ((fields->>'sku')) WHERE entity = 'variant' AND NOT gone;
CREATE INDEX mirror_lines ON mirror ((fields->>'order_id')) WHERE entity = 'line' AND NOT gone;
"""


def upgrade() -> None:
    for block in (
        saga.SCHEMA_1,
        outbox.SCHEMA_1,
        follower.SCHEMA_1,
        mirror.SCHEMA_1,
        DOCUMENTS,
        REQUESTS,
        LOOKUPS,
    ):
        op.execute(block)


def downgrade() -> None:
    op.execute("DROP TABLE order_document, request_key, mirror, mirror_floor, reader_position")
    op.execute("DROP TABLE outbox, saga_story, saga")
