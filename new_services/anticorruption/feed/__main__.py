"""`python -m new_services.anticorruption.feed`."""

from chassis import telemetry
from chassis.settings import load
from new_services.anticorruption.feed.app import start
from new_services.anticorruption.feed.settings import FeedSettings

if __name__ == "__main__":
    telemetry.setup("feed")
    start(load(FeedSettings))
