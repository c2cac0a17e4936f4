"""`python -m new_services.payments`."""

from chassis.process import telemetry
from chassis.process.assembly import assemble
from chassis.process.service import run
from chassis.process.settings import load
from new_services.payments.app import build
from new_services.payments.settings import PaymentsSettings

if __name__ == "__main__":
    telemetry.setup("payments")
    run(assemble("payments", load(PaymentsSettings), build))
