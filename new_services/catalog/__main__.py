"""`python -m new_services.catalog`."""

from chassis import telemetry
from chassis.assembly import assemble
from chassis.service import run
from chassis.settings import load
from new_services.catalog.app import build
from new_services.catalog.settings import CatalogSettings

if __name__ == "__main__":
    telemetry.setup("catalog")
    run(assemble("catalog", load(CatalogSettings), build))
