"""`python -m new_services.accounts`."""

from chassis.process import telemetry
from chassis.process.assembly import assemble
from chassis.process.service import run
from chassis.process.settings import load
from new_services.accounts.app import build
from new_services.accounts.settings import AccountsSettings

if __name__ == "__main__":
    telemetry.setup("accounts")
    run(assemble("accounts", load(AccountsSettings), build))
