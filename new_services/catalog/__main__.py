"""`python -m new_services.catalog`."""

from chassis.process.assembly import main
from new_services.catalog.app import build
from new_services.catalog.settings import CatalogSettings

if __name__ == "__main__":
    main("catalog", CatalogSettings, build)
