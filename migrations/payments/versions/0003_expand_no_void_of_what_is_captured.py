"""The provider refuses to void what was captured: it is to be refunded."""

from alembic import op

revision = "0003"
down_revision: str | None = "0002"

ASK = """
CREATE OR REPLACE FUNCTION provider.ask(
    asked text, wanted text, whose text, euros numeric, refusal text
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    account provider.account;
    known   provider.request;
BEGIN
    -- Made or not, the account is locked from here on.
    INSERT INTO provider.account (reference) VALUES (whose)
    ON CONFLICT (reference) DO UPDATE SET reference = excluded.reference RETURNING * INTO account;
    UPDATE provider.request SET times = times + 1 WHERE key = asked RETURNING * INTO known;
    IF FOUND THEN
        RETURN known.declined;
    END IF;
    refusal := coalesce(refusal, CASE
        WHEN wanted = 'authorise' AND account.closed THEN 'the payment is closed'
        WHEN wanted = 'capture' AND account.authorised = 0 THEN 'nothing is authorised'
        WHEN wanted = 'refund' AND account.captured - account.refunded < euros
            THEN 'less was captured'
        -- void
    END);
    INSERT INTO provider.request (key, operation, reference, amount, declined)
    VALUES (asked, wanted, whose, euros, refusal);
    IF refusal IS NULL THEN
        -- More than was authorised may be taken: prices move between the two, as with real tips.
        UPDATE provider.account SET
            authorised = CASE wanted WHEN 'authorise' THEN authorised + euros
                                     WHEN 'refund' THEN authorised ELSE 0 END,
            captured = captured + CASE wanted WHEN 'capture' THEN euros ELSE 0 END,
            refunded = refunded + CASE wanted WHEN 'refund' THEN euros ELSE 0 END,
            closed = closed OR wanted IN ('capture', 'void')
        WHERE reference = whose;
    END IF;
    RETURN refusal;
END $$
"""


VOID = "WHEN wanted = 'void' AND account.captured > account.refunded THEN 'it is captured'"


def upgrade() -> None:
    op.execute(ASK.replace("-- void", VOID))


def downgrade() -> None:
    op.execute(ASK)
