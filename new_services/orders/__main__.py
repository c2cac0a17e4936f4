"""`python -m new_services.orders`."""

from chassis.process.assembly import main
from new_services.orders.app import build
from new_services.orders.settings import OrdersSettings

if __name__ == "__main__":
    main("orders", OrdersSettings, build)
