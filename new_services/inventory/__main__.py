"""`python -m new_services.inventory`."""

from chassis import telemetry
from chassis.assembly import assemble
from chassis.service import run
from chassis.settings import load
from new_services.inventory.app import build
from new_services.inventory.settings import InventorySettings

if __name__ == "__main__":
    telemetry.setup("inventory")
    run(assemble("inventory", load(InventorySettings), build))
