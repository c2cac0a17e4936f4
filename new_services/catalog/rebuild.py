"""`python -m new_services.catalog.rebuild`: the read model rebuilt, put in the live one's place.

The sagas stay as they are.

Exit codes: 0 done, 1 it did not catch up or something is away.
"""

from functools import partial

from chassis.readmodel.feed_model import FeedModel
from chassis.readmodel.swap import Part
from migrations import runner
from new_services.catalog.app import legacy_model

# What we own is not made again from legacy, which is our replica then.
OURS = """
SELECT 'the catalog owns the goods: legacy''s feed is no source of them' FROM public.domain_owner
WHERE owner = 'new' OR phase <> 'settled'
"""
PART = Part(
    tables=("category", "product", "variant", "stock", "document", "projection_floor"),
    held=("domain_owner",),
    unless=OURS,
)


def model() -> FeedModel:
    """The goods, and the documents made of them."""
    return FeedModel("catalog", legacy_model(), partial(runner.upgrade, "catalog"), PART)


if __name__ == "__main__":
    model().command("the catalog is")
