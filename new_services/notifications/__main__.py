"""`python -m new_services.notifications`."""

from chassis.process.assembly import main
from new_services.notifications.app import build
from new_services.notifications.settings import NotificationsSettings

if __name__ == "__main__":
    main("notifications", NotificationsSettings, build)
