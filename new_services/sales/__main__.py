"""`python -m new_services.sales`."""

from chassis import telemetry
from chassis.assembly import assemble
from chassis.service import run
from chassis.settings import load
from new_services.sales.app import build
from new_services.sales.settings import SalesSettings

if __name__ == "__main__":
    telemetry.setup("sales")
    run(assemble("sales", load(SalesSettings), build))
