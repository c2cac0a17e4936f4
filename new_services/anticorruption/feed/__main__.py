"""`python -m new_services.anticorruption.feed`, and with `resnapshot TABLE` its command."""

import sys

from chassis import telemetry
from chassis.settings import load
from new_services.anticorruption.feed.settings import FeedSettings

if __name__ == "__main__":
    if sys.argv[1:]:
        from new_services.anticorruption.feed.command import main

        sys.exit(main(sys.argv[1:]))
    from new_services.anticorruption.feed.app import start

    telemetry.setup("feed")
    start(load(FeedSettings))
