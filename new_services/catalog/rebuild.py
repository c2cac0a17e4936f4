"""`python -m new_services.catalog.rebuild`: the read model rebuilt, put in the live one's place.

The sagas stay as they are.

Exit codes: 0 done, 1 it did not catch up or something is away.
"""

from functools import partial

from chassis.readmodel.feed_model import FeedModel
from chassis.readmodel.swap import Part
from migrations import runner
from new_services.catalog.app import legacy_model

PART = Part(tables=("category", "product", "variant", "stock", "document", "projection_floor"))


def model() -> FeedModel:
    """The goods, and the documents made of them."""
    return FeedModel("catalog", legacy_model(), partial(runner.upgrade, "catalog"), PART)


if __name__ == "__main__":
    model().command("the catalog is")
