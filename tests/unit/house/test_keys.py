"""Every key of the route file is read by code that does more than read, check or show the file.

A key that is accepted, checked, documented and shown, and changes nothing, is a false promise.
"""

import warnings

import pytest

from tests.rigs.house.inference.accesses import everything

FILE = "facade.routes.config.routefile"
FILES = (
    FILE,
    "facade.routes.config.walkfile",
    "facade.routes.config.addressfile",
    "facade.routes.config.limitfile",
    "facade.routes.config.machinefile",
)
# Code that reads, checks, edits or shows the file.
SHOWING = ("facade/routes/file/", "facade/routes/config/routefile.py", "facade/routes/explain.py")
SHOWING += ("facade/control/admin/", "facade/commands/", "facade/replay/")
# What the file's keys are compiled to: a key that is only copied there has no effect yet.
COMPILED = {
    "facade.routes.route.Route": "facade/routes/table.py",
    "facade.routes.machines.allow.Allow": "facade/routes/machines/compiling.py",
    "facade.routes.limits.limit.Limit": "facade/routes/limits/compiling.py",
    "chassis.breaker.circuit.BreakerSettings": "facade/proxy/state.py",
}
# Keys without an effect today. The list may only shrink: a key that gets an effect leaves it.
GAPS: set[str] = set()
# Not a key: the name under which its section stands, kept for messages.
NAMES = {"UpstreamConfig.name", "CompareRules.name", "Domain.name", "Plan.name"}


def unread() -> set[str]:
    found = everything()
    read = {
        (access.owner, access.name)
        for access in found.accesses
        if access.how == "read" and not access.file.startswith(SHOWING)
    }
    return {
        f"{known.name.removeprefix(known.module + '.')}.{key}"
        for known in found.program.classes.values()
        if known.module in FILES
        for key in known.fields
        if (known.name, key) not in read
    }


def test_every_key_has_an_effect() -> None:
    found = unread() - NAMES
    new, gone = sorted(found - GAPS), sorted(GAPS - found)
    assert not new, (
        f"keys of the route file that change nothing: {', '.join(new)};"
        " let the code that they are for read them, or take them out of the file's form"
    )
    assert not gone, f"these have an effect now, take them off GAPS: {', '.join(gone)}"
    if found:
        warnings.warn(f"known gaps, keys without effect: {', '.join(sorted(found))}", stacklevel=1)


@pytest.mark.parametrize(("compiled", "by"), COMPILED.items())
def test_what_keys_are_compiled_to_is_read(compiled: str, by: str) -> None:
    found = everything()
    read = {
        access.name
        for access in found.accesses
        if (access.owner, access.how) == (compiled, "read") and access.file != by
    }
    unread = found.program.classes[compiled].fields.keys() - read
    assert not unread, f"{compiled}: compiled and read by nobody: {', '.join(sorted(unread))}"
