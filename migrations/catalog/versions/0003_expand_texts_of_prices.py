"""Price and discount as somebody typed them, for the back office.

Filled from the feed: a catalog that has products already reads them again after
`fig feed resnapshot product`; until then it shows the numbers.
"""

from alembic import op

revision = "0003"
down_revision: str | None = "0002"


def upgrade() -> None:
    op.execute("ALTER TABLE product ADD COLUMN price_text text, ADD COLUMN discount_text text")


def downgrade() -> None:
    op.execute("ALTER TABLE product DROP COLUMN price_text, DROP COLUMN discount_text")
