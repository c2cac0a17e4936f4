"""`python -m new_services.accounts.rebuild`: the customers are rebuilt, and exchanged.

Settings: ACCOUNTS_DATABASE_URL, ACCOUNTS_NATS_URL. Exit codes: 0 done, 1 it did not catch up or
something is away.
"""

from functools import partial

from chassis.readmodel.feed_model import FeedModel
from chassis.readmodel.swap import Part
from migrations import runner
from new_services.accounts.app import legacy_model

# What we own is not made again from legacy, which is our replica then.
OURS = """
SELECT 'accounts owns the customers: legacy''s feed is no source of them' FROM public.domain_owner
WHERE owner = 'new' OR phase <> 'settled'
"""
PART = Part(tables=("mirror", "mirror_floor"), held=("domain_owner",), unless=OURS)


def model() -> FeedModel:
    """The customers; the forms that visitors sent stay."""
    return FeedModel("accounts", legacy_model(), partial(runner.upgrade, "accounts"), PART)


if __name__ == "__main__":
    model().command("the customers are")
