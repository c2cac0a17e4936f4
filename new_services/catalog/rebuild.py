"""`python -m new_services.catalog.rebuild`: the read model rebuilt, put in the live one's place.

Exit codes: 0 done, 1 it did not catch up or something is away.
"""

from functools import partial

from chassis.readmodel.feed_model import FeedModel
from migrations import runner
from new_services.catalog.app import legacy_model


def model() -> FeedModel:
    """All of the database."""
    return FeedModel("catalog", legacy_model(), partial(runner.upgrade, "catalog"))


if __name__ == "__main__":
    model().command("the catalog is")
