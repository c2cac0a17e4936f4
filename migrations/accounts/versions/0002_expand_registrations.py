"""What strangers asked for who opened an account: a wish that is sent again is the same wish."""

from alembic import op

revision = "0002"
down_revision: str | None = "0001"

REGISTRATION = """
CREATE TABLE registration (
    address text PRIMARY KEY,
    digest  text NOT NULL,
    asked   timestamptz NOT NULL DEFAULT clock_timestamp(),
    tries   integer NOT NULL DEFAULT 0
);
COMMENT ON COLUMN registration.digest IS 'of the form without its password';
COMMENT ON COLUMN registration.tries IS 'how often the same form came once the account was there';
CREATE INDEX registration_asked ON registration (asked);
"""


def upgrade() -> None:
    op.execute(REGISTRATION)


def downgrade() -> None:
    op.execute("DROP TABLE registration")
