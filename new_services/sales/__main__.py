"""`python -m new_services.sales`."""

from chassis.process import telemetry
from chassis.process.assembly import assemble
from chassis.process.service import run
from chassis.process.settings import load
from new_services.sales.app import build
from new_services.sales.settings import SalesSettings

if __name__ == "__main__":
    telemetry.setup("sales")
    run(assemble("sales", load(SalesSettings), build))
