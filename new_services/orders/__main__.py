"""`python -m new_services.orders`."""

from chassis import telemetry
from chassis.assembly import assemble
from chassis.service import run
from chassis.settings import load
from new_services.orders.app import build
from new_services.orders.settings import OrdersSettings

if __name__ == "__main__":
    telemetry.setup("orders")
    run(assemble("orders", load(OrdersSettings), build))
