"""Payments, what the simulated provider remembers of them, and the events that tell of both."""

from alembic import op

from chassis.events import outbox

revision = "0001"
down_revision: str | None = None

PAYMENTS = """
CREATE TABLE payment (
    id      text PRIMARY KEY,
    method  text NOT NULL,
    amount  numeric(12, 2) NOT NULL CHECK (amount >= 0),
    status  text NOT NULL CHECK (status IN
            ('new', 'authorised', 'declined', 'captured', 'voiding', 'voided', 'refunded')),
    reason  text NOT NULL DEFAULT '',
    created timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX payment_by_status ON payment (status);
"""

# Stands for another company: written in transactions of its own, read by no statement of ours.
PROVIDER = """
CREATE SCHEMA provider;
CREATE TABLE provider.request (
    key       text PRIMARY KEY,
    operation text NOT NULL,
    reference text NOT NULL,
    amount    numeric(12, 2) NOT NULL,
    declined  text,
    times     integer NOT NULL DEFAULT 1,
    at        timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON COLUMN provider.request.times IS 'how often it was asked the same';
CREATE TABLE provider.account (
    reference  text PRIMARY KEY,
    authorised numeric(12, 2) NOT NULL DEFAULT 0,
    captured   numeric(12, 2) NOT NULL DEFAULT 0,
    refunded   numeric(12, 2) NOT NULL DEFAULT 0,
    closed     boolean NOT NULL DEFAULT false
);
"""


def upgrade() -> None:
    for block in (PAYMENTS, PROVIDER, outbox.SCHEMA_1):
        op.execute(block)


def downgrade() -> None:
    op.execute("DROP TABLE payment, outbox")
    op.execute("DROP SCHEMA provider CASCADE")
