"""`python -m new_services.catalog`."""

from chassis import telemetry
from chassis.settings import load
from new_services.catalog.app import start
from new_services.catalog.settings import CatalogSettings

if __name__ == "__main__":
    telemetry.setup("catalog")
    start(load(CatalogSettings))
