"""`python -m new_services.orders`."""

from chassis.process import telemetry
from chassis.process.assembly import assemble
from chassis.process.service import run
from chassis.process.settings import load
from new_services.orders.app import build
from new_services.orders.settings import OrdersSettings

if __name__ == "__main__":
    telemetry.setup("orders")
    run(assemble("orders", load(OrdersSettings), build))
