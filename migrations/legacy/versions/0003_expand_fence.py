"""A fence around the tables of a domain, open: closed, legacy commits no change of them.

    fig.domain    who owns a domain, under which attempt; owner `legacy`: its fence is open
    fig.applied   how far the reverse feed has written a domain into these tables
    fig.guard()   before each statement that writes: refuses with 57P03 while the fence is closed

The role `reverse` passes: it writes what the new side owns. 57P03 is what a server says that cannot
take connections now, so the monolith answers with its own "back in a moment".
"""

from alembic import op

revision = "0003"
down_revision: str | None = "0002"

TABLES = {
    "goods": ("category", "product", "variant"),
    "orders": ("stock", "orders", "order_line", "payment", "stock_movement"),
    "accounts": ("customer",),
}

ROWS = """
CREATE SCHEMA fig;
CREATE TABLE fig.domain (
    name    text PRIMARY KEY,
    owner   text NOT NULL DEFAULT 'legacy' CHECK (owner IN ('legacy', 'new')),
    epoch   bigint NOT NULL DEFAULT 1,
    attempt bigint NOT NULL DEFAULT 0
);
CREATE TABLE fig.applied (
    domain   text PRIMARY KEY,
    position bigint NOT NULL DEFAULT 0,
    epoch    bigint NOT NULL DEFAULT 1,
    turn     bigint NOT NULL DEFAULT 0
);
COMMENT ON COLUMN fig.applied.turn IS 'rises with each batch: a batch that is late finds another';
INSERT INTO fig.domain (name) VALUES ('goods'), ('orders'), ('accounts');
INSERT INTO fig.applied (domain) VALUES ('goods'), ('orders'), ('accounts');
"""

# It runs as the owner of the tables, who may lock the row. A transaction that sees the database as
# it was would see an old row, too: it must lock the row, and is refused if the row has changed.
GUARD = """
CREATE FUNCTION fig.guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog AS $$
DECLARE present text;
BEGIN
    IF session_user = 'reverse' THEN
        RETURN NULL;
    END IF;
    IF current_setting('transaction_isolation') = 'read committed' THEN
        SELECT owner INTO present FROM fig.domain WHERE name = TG_ARGV[0];
    ELSE
        SELECT owner INTO present FROM fig.domain WHERE name = TG_ARGV[0] FOR SHARE;
    END IF;
    IF present = 'new' THEN
        RAISE EXCEPTION '% is owned by the new side', TG_ARGV[0] USING ERRCODE = '57P03';
    END IF;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION fig.guard() FROM PUBLIC;
"""

GRANT = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'reverse') THEN
        GRANT USAGE ON SCHEMA fig, public TO reverse;
        GRANT SELECT, UPDATE ON fig.domain, fig.applied TO reverse;
        GRANT SELECT, INSERT, UPDATE, DELETE ON category, product, variant, stock, stock_movement,
            orders, order_line, payment, customer TO reverse;
        GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO reverse;
    ELSE
        RAISE NOTICE 'no role reverse: GRANT it what this migration names, later';
    END IF;
END $$
"""
REVOKE = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'reverse') THEN
        REVOKE ALL ON ALL TABLES IN SCHEMA public FROM reverse;
        REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM reverse;
        REVOKE USAGE ON SCHEMA public FROM reverse;
    END IF;
END $$
"""


def upgrade() -> None:
    for block in (ROWS, GUARD):
        op.execute(block)
    for domain, tables in TABLES.items():
        for table in tables:
            op.execute(
                f"CREATE TRIGGER fig_guard BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}"
                f" FOR EACH STATEMENT EXECUTE FUNCTION fig.guard('{domain}')"
            )
    op.execute(GRANT)


def downgrade() -> None:
    op.execute(REVOKE)
    for tables in TABLES.values():
        for table in tables:
            op.execute(f"DROP TRIGGER fig_guard ON {table}")
    op.execute("DROP SCHEMA fig CASCADE")
