"""`python -m new_services.notifications`."""

from chassis.process import telemetry
from chassis.process.assembly import assemble
from chassis.process.service import run
from chassis.process.settings import load
from new_services.notifications.app import build
from new_services.notifications.settings import NotificationsSettings

if __name__ == "__main__":
    telemetry.setup("notifications")
    run(assemble("notifications", load(NotificationsSettings), build))
