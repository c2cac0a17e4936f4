"""What must hold between `machines`, the routes' `allow`, and limits that count by machine."""

from facade.routes.config.machinefile import ENFORCE
from facade.routes.config.routefile import RouteConfig, RouteFile
from facade.routes.file.places import Path, Reading
from facade.routes.file.problems import unknown

BY_MACHINE = ("api_key", "machine")  # keys of limits


def check_machines(file: RouteFile, reading: Reading) -> None:
    """Names, and credentials that are demanded and known from nowhere."""
    if not reading.is_good("machines"):
        return
    first: dict[str, str] = {}
    for name, issuer in file.machines.issuers.items():
        path: Path = ("machines", "issuers", name)
        if name == "keys":
            reading.report(path, "'keys' is what API keys are listed as; take another name")
        if issuer.issuer in first and reading.is_good(*path):
            message = f"'{first[issuer.issuer]}' has the same claim iss"
            reading.report((*path, "issuer"), message)
        first.setdefault(issuer.issuer, name)
    for index, route in enumerate(file.routes):
        if route.allow is not None and reading.is_good("routes", index, "allow"):
            _allow(("routes", index, "allow"), route, file, reading)
    for name, limit in file.limits.items():
        for at, source in enumerate(limit.key):
            if source.kind in BY_MACHINE and not _known(file):
                reading.report(("limits", name, "key", at), _MISSING)


_MISSING = "'machines' is missing: it says which keys and tokens are known"


def _known(file: RouteFile) -> bool:
    return file.machines.keys is not None or bool(file.machines.issuers)


def _allow(path: Path, route: RouteConfig, file: RouteFile, reading: Reading) -> None:
    allow, machines = route.allow, file.machines
    if allow is None:
        return
    if not _known(file):
        reading.report(path, _MISSING)
    elif allow.keys and machines.keys is None:
        reading.report((*path, "keys"), "'machines.keys' is missing: it says where they are known")
    for name in allow.issuers:
        if name not in machines.issuers:
            reading.report((*path, "issuers"), unknown("issuer", name, machines.issuers))
    if allow.mode == ENFORCE and (route.when or route.host):
        message = (
            "a request that misses the route's host or conditions goes on to the next route, or to"
            " legacy, without having been asked for a credential"
        )
        reading.report(path, message, severity="warning")
