"""`python -m new_services.inventory`."""

from chassis.process.assembly import main
from new_services.inventory.app import build
from new_services.inventory.settings import InventorySettings

if __name__ == "__main__":
    main("inventory", InventorySettings, build)
