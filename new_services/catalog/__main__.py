"""`python -m new_services.catalog`."""

from chassis.process import telemetry
from chassis.process.assembly import assemble
from chassis.process.service import run
from chassis.process.settings import load
from new_services.catalog.app import build
from new_services.catalog.settings import CatalogSettings

if __name__ == "__main__":
    telemetry.setup("catalog")
    run(assemble("catalog", load(CatalogSettings), build))
