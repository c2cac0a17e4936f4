"""`python -m new_services.notifications`."""

from chassis import telemetry
from chassis.assembly import assemble
from chassis.service import run
from chassis.settings import load
from new_services.notifications.app import build
from new_services.notifications.settings import NotificationsSettings

if __name__ == "__main__":
    telemetry.setup("notifications")
    run(assemble("notifications", load(NotificationsSettings), build))
