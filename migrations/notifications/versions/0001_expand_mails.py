"""Mails to be sent, and the events that asked for them."""

from alembic import op

from chassis.events import inbox
from chassis.readmodel import follower

revision = "0001"
down_revision: str | None = None

MAILS = """
CREATE TABLE mail (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id  text NOT NULL UNIQUE,
    recipient text NOT NULL,
    subject   text NOT NULL,
    body      text NOT NULL,
    created   timestamptz NOT NULL DEFAULT clock_timestamp(),
    attempts  integer NOT NULL DEFAULT 0,
    due       timestamptz NOT NULL DEFAULT clock_timestamp(),
    error     text NOT NULL DEFAULT '',
    sent      timestamptz
);
COMMENT ON COLUMN mail.event_id IS 'also the Message-ID, so that a mail sent twice is known again';
CREATE INDEX mail_due ON mail (due) WHERE sent IS NULL;
"""


def upgrade() -> None:
    for block in (MAILS, inbox.SCHEMA_1, follower.SCHEMA_1):
        op.execute(block)


def downgrade() -> None:
    op.execute("DROP TABLE mail, inbox, reader_position")
