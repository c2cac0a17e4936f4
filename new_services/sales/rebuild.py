"""`python -m new_services.sales.rebuild`: the figures rebuilt, and put in the live ones' place.

What events said is not taken over: the fresh tables are exchanged when they are no further behind
legacy than the live ones, and an event that is delivered again then says nothing new.
Settings: SALES_DATABASE_URL, SALES_NATS_URL. Exit codes: 0 done, 1 it did not catch up or something
is away.
"""

from functools import partial

from chassis.ownership.closed.followed import NOT_LEGACYS
from chassis.readmodel.feed_model import FeedModel
from migrations import runner
from new_services.sales.app import legacy_model


def model() -> FeedModel:
    """All of the database."""
    migrate = partial(runner.upgrade, "sales")
    return FeedModel("sales", legacy_model(), migrate, unless=NOT_LEGACYS)


if __name__ == "__main__":
    model().command("the sales figures are")
