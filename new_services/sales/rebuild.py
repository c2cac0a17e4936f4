"""`python -m new_services.sales.rebuild`: the figures anew, and put in the live ones' place.

What events told is not taken over: the fresh tables are exchanged when they are no further behind
legacy than the live ones, and events that are told again then say nothing new.
Settings: SALES_DATABASE_URL, SALES_NATS_URL. Exit codes: 0 done, 1 it did not catch up or something
is away.
"""

from pydantic_settings import SettingsConfigDict

from chassis.process.settings import load
from chassis.readmodel import feed_model
from chassis.readmodel.feed_model import FeedModel
from chassis.readmodel.rebuild import run_command
from migrations import runner
from new_services.sales import projections
from new_services.sales.app import legacy_translator


class RebuildSettings(feed_model.RebuildSettings):
    """SALES_… in the environment."""

    model_config = SettingsConfigDict(env_prefix="SALES_")


def model() -> FeedModel:
    """All of the database."""
    return FeedModel(
        "sales",
        legacy_translator(),
        projections.ENTITIES,
        projections.apply,
        lambda url: runner.upgrade("sales", url),
    )


def main() -> None:
    """Exit with the code."""
    settings = load(RebuildSettings)
    run_command(
        "sales-rebuild", "the sales figures are", lambda say: model().rebuild(settings, say)
    )


if __name__ == "__main__":
    main()
