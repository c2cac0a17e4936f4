"""`python -m new_services.feed`, and with `resnapshot TABLE` its command."""

import sys

from chassis.process import telemetry
from chassis.process.settings import load
from new_services.feed.settings import FeedSettings

if __name__ == "__main__":
    if sys.argv[1:]:
        from new_services.feed.command import main

        sys.exit(main(sys.argv[1:]))
    from new_services.feed.app import start

    telemetry.setup("feed")
    start(load(FeedSettings))
