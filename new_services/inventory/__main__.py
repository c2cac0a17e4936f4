"""`python -m new_services.inventory`."""

from chassis.process import telemetry
from chassis.process.assembly import assemble
from chassis.process.service import run
from chassis.process.settings import load
from new_services.inventory.app import build
from new_services.inventory.settings import InventorySettings

if __name__ == "__main__":
    telemetry.setup("inventory")
    run(assemble("inventory", load(InventorySettings), build))
