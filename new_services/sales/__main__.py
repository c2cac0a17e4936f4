"""`python -m new_services.sales`."""

from chassis.process.assembly import main
from new_services.sales.app import build
from new_services.sales.settings import SalesSettings

if __name__ == "__main__":
    main("sales", SalesSettings, build)
