"""Who owns the accounts, and what customers log in with while that is this service."""

from alembic import op

from chassis.ownership import schema

revision = "0003"
down_revision: str | None = "0002"

LOGIN = """
CREATE TABLE login (
    customer_id bigint PRIMARY KEY,
    address     text NOT NULL UNIQUE,
    pw_hash     text NOT NULL
);
COMMENT ON TABLE login IS 'of the customers as of the last cutover toward us, and since then';
CREATE SEQUENCE customer_number;
"""


def upgrade() -> None:
    for block in (LOGIN, schema.SCHEMA_1, schema.owned("accounts")):
        op.execute(block)


def downgrade() -> None:
    op.execute(f"{schema.UNDO_1}; DROP TABLE login; DROP SEQUENCE customer_number")
