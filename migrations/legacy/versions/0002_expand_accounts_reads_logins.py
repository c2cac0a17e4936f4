"""The accounts service may read what customers log in with, where it has its role here.

The feed withholds the hashes of passwords; this role reads them, and nothing else of the shop.
"""

from alembic import op

revision = "0002"
down_revision: str | None = "0001"

GRANT = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'accounts') THEN
        GRANT SELECT (id, email, pw_hash) ON customer TO accounts;
    ELSE
        RAISE NOTICE 'no role accounts: GRANT SELECT (id, email, pw_hash) ON customer TO it later';
    END IF;
END $$
"""
REVOKE = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'accounts') THEN
        REVOKE SELECT (id, email, pw_hash) ON customer FROM accounts;
    END IF;
END $$
"""


def upgrade() -> None:
    op.execute(GRANT)


def downgrade() -> None:
    op.execute(REVOKE)
