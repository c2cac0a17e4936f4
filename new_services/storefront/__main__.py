"""`python -m new_services.storefront`."""

from chassis.process import telemetry
from chassis.process.assembly import assemble_stateless
from chassis.process.service import run
from chassis.process.settings import load
from new_services.storefront.app import build
from new_services.storefront.settings import StorefrontSettings

if __name__ == "__main__":
    telemetry.setup("storefront")
    run(assemble_stateless("storefront", load(StorefrontSettings), build))
