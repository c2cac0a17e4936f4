"""`CATALOG_FAULT=name[@share] python -m loadtests.faults`: the catalog, with this mistake."""

from pydantic import field_validator
from pydantic_settings import SettingsConfigDict

from chassis.process import telemetry
from chassis.process.assembly import assemble
from chassis.process.service import Application, run
from chassis.process.settings import ProcessSettings, load
from loadtests.faults.named import fault_named
from loadtests.faults.wrapper import Faulty
from new_services.catalog.app import build
from new_services.catalog.settings import CatalogSettings


class FaultSettings(ProcessSettings):
    """What is to go wrong."""

    model_config = SettingsConfigDict(env_prefix="CATALOG_")

    fault: str = ""  # as `fault_named` takes it; empty: nothing

    @field_validator("fault")
    @classmethod
    def _known(cls, name: str) -> str:
        fault_named(name)
        return name


def main() -> None:
    """Run until a signal; the exit code is 2 for a fault that is not known."""
    fault = fault_named(load(FaultSettings).fault)

    def around(app: Application) -> Application:
        return app if fault is None else Faulty(app, fault)

    run(assemble("catalog", load(CatalogSettings), build, around))


if __name__ == "__main__":
    telemetry.setup("catalog")
    main()
