"""Which files are changed, and which tests are to notice it: none of them opens a socket."""

from dataclasses import dataclass
from pathlib import PurePosixPath

from tests.rigs.house import source

SERVICE = "tests/unit/new_services"
PLANE = "tests/unit/facade/proxy"


@dataclass(frozen=True)
class Target:
    """A row of the table."""

    name: str
    files: tuple[str, ...]  # patterns of paths
    tests: tuple[str, ...]

    @property
    def paths(self) -> list[str]:
        """The files, in the order of their names."""
        return [
            name
            for name in source.sources()
            if any(PurePosixPath(name).match(pattern) for pattern in self.files)
        ]


TARGETS = (
    Target(
        "saga",
        ("chassis/saga/*.py", "chassis/saga/storage/*.py"),
        ("tests/unit/chassis/saga", f"{SERVICE}/orders"),
    ),
    Target(
        "orders",
        tuple(
            f"new_services/orders/{name}.py"
            for name in (
                *("saga/stories", "saga/kinds", "saga/partners", "saga/pricing"),
                *("marks", "customer/pending", "customer/answers"),
            )
        ),
        (f"{SERVICE}/orders", "tests/contract"),
    ),
    Target(
        "legacy client",
        tuple(
            f"new_services/anticorruption/{name}.py"
            for name in ("legacy", "calls", "orders", "session")
        ),
        (f"{SERVICE}/anticorruption", f"{SERVICE}/orders", "tests/contract"),
    ),
    Target(
        "outbox and inbox",
        ("chassis/events/*.py",),
        ("tests/unit/chassis/events", "tests/contract"),
    ),
    Target(
        "payments",
        tuple(
            f"new_services/payments/{name}.py"
            for name in (
                *("domain", "handlers", "guarded", "provider"),
                *("endpoints", "schemas", "repository", "simulator"),
            )
        ),
        (f"{SERVICE}/payments", "tests/contract"),
    ),
    Target(
        "inventory",
        tuple(
            f"new_services/inventory/{name}.py"
            for name in ("domain", "handlers", "endpoints", "schemas")
        ),
        (f"{SERVICE}/inventory", "tests/contract"),
    ),
    Target(
        "exchange",
        tuple(f"facade/proxy/{name}.py" for name in ("exchange", "fallback", "errors")),
        (PLANE,),
    ),
    Target(
        "upstream pool",
        tuple(f"facade/proxy/upstream/{name}.py" for name in ("pool", "instances", "dialing")),
        (PLANE,),
    ),
    Target(
        "decision",
        ("facade/routes/decision.py", "facade/routes/stages.py"),
        ("tests/unit/facade/routes",),
    ),
    Target(
        "bounds",
        ("facade/compare/evidence/bounds.py", "facade/compare/evidence/sequential.py"),
        ("tests/unit/facade/compare/evidence", "tests/unit/facade/guard"),
    ),
)


def chosen(names: list[str]) -> list[Target]:
    """The targets of these names, or of these files alone; all without names. Raises ValueError."""
    if not names:
        return list(TARGETS)
    found = []
    for name in names:
        wanted = name.rstrip("/")
        some = [
            Target(one.name, tuple(paths), one.tests)
            for one in TARGETS
            if (paths := [each for each in one.paths if _named(wanted, one, each)])
        ]
        if not some:
            known = ", ".join(f'"{one.name}"' for one in TARGETS)
            raise ValueError(f"{name!r} is no target and no file of one; the targets are {known}")
        found += some
    return found


def _named(wanted: str, target: Target, path: str) -> bool:
    module = source.module(path)
    return (
        wanted in (target.name, path, module)
        or path.startswith(wanted + "/")
        or module.startswith(wanted + ".")
    )
