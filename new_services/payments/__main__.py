"""`python -m new_services.payments`."""

from chassis.process.assembly import main
from new_services.payments.app import build
from new_services.payments.settings import PaymentsSettings

if __name__ == "__main__":
    main("payments", PaymentsSettings, build)
