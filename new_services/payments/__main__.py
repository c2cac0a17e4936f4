"""`python -m new_services.payments`."""

from chassis import telemetry
from chassis.assembly import assemble
from chassis.service import run
from chassis.settings import load
from new_services.payments.app import build
from new_services.payments.settings import PaymentsSettings

if __name__ == "__main__":
    telemetry.setup("payments")
    run(assemble("payments", load(PaymentsSettings), build))
