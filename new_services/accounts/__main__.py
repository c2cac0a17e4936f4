"""`python -m new_services.accounts`."""

from chassis.process.assembly import main
from new_services.accounts.app import build
from new_services.accounts.settings import AccountsSettings

if __name__ == "__main__":
    main("accounts", AccountsSettings, build)
