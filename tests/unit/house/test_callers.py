"""No function, method or class without a caller outside of tests.

What nobody calls is read, kept and tested for nothing; and a counter that nobody calls, a check
that nobody makes, is a promise that nobody keeps. A method counts as called where it is read from
its own class, from one above or below it, from a protocol, or from a value whose type is not known.
"""

import ast
import re
import warnings
from collections.abc import Iterator
from functools import cache

from tests.rigs.house.inference.accesses import Access, Found, everything
from tests.rigs.house.inference.program import Class, Function
from tests.rigs.house.source import files, module, text

# Methods that a library calls by their names.
CALLED = {
    "connect": "http.client, of a connection",
    "redirect_request": "urllib, of a handler",
    "eof_received": "asyncio, of a protocol",
    "connection_lost": "asyncio, of a protocol",
    "pause_writing": "asyncio, of a protocol",
    "resume_writing": "asyncio, of a protocol",
    "get_write_buffer_size": "asyncio's StreamWriter, of a transport",
    "run": "threading, of a thread",
    "capture_signals": "uvicorn, of a server",
    "main_loop": "uvicorn, of a server",
    "list_commands": "click, of a group",
    "get_command": "click, of a group",
    "format_commands": "click, of a group",
    "invoke": "click, of a group",
    "collect": "prometheus_client, of a collector",
    "running": "mitmproxy, of an addon",
    "requestheaders": "mitmproxy, of an addon",
    "responseheaders": "mitmproxy, of an addon",
    "client_disconnected": "mitmproxy, of an addon",
    "on_start": "locust, of a user",
    "get_route_handler": "FastAPI, of a route class",
    "handle_DATA": "aiosmtpd, of a handler",
    "log_message": "http.server, of a handler",
}
# Functions and classes that are found by name in a file, or by what they are made of.
FOUND = {
    r"compiling\.hook\.CompiledPlane(\.\w+)?": "Hatch, a build hook and its methods",
    r"migrations\.\w+\.versions\.\w+\.(upgrade|downgrade)": "alembic",
    r"fig\.stack\.direct_log\.DirectLogger(\.access)?": "gunicorn, its --logger-class",
    r"loadtests\.locustfile\.\w+": "locust runs every user class of its file",
    r"loadtests\.chaos\.customers\.Customer": "locust runs every user class of its file",
    r"loadtests\.cutover\.shoppers\.\w+": "locust runs every user class of its file",
    r"new_services\.\w+\.projections\.(concerned|derive|compared)": "fig verify, by its list of"
    " services: it knows every service's shape and imports none of them",
}
# What has no caller today. The list may only shrink: what gets a caller, or goes, leaves it.
GAPS: dict[str, str] = {}
# Decorators that leave a function as it is; any other hands it to the library it comes from.
PLAIN = {"property", "staticmethod", "classmethod", "cached_property", "cache", "lru_cache"}
PLAIN |= {"contextmanager", "asynccontextmanager", "dataclass", "abstractmethod", "final"}
PLAIN |= {"overload", "override", "runtime_checkable", "total_ordering", "unique", "wraps"}


def handed_over(node: Function | ast.ClassDef) -> bool:
    """Whether a decorator gives it to a library."""
    names = (each.func if isinstance(each, ast.Call) else each for each in node.decorator_list)
    return any(ast.unparse(name).rpartition(".")[2] not in PLAIN for name in names)


def uncalled(found: Found) -> Iterator[str]:
    used: dict[str, set[str]] = {}
    for name, by in found.used:
        used.setdefault(name, set()).add(by)
    program = found.program
    nodes: dict[str, Function | ast.ClassDef] = {
        name: node for name, (_, node) in program.functions.items()
    }
    nodes |= {name: known.node for name, known in program.classes.items()}
    for name, node in nodes.items():
        others = {by for by in used.get(name, ()) if by != name and not by.startswith(f"{name}.")}
        if not others and not handed_over(node):
            yield name
    reads: dict[str, list[Access]] = {}
    for access in found.accesses:
        if access.how == "read":
            reads.setdefault(access.name, []).append(access)
    for known in program.classes.values():
        yield from _methods(found, known, reads)


def _methods(found: Found, known: Class, reads: dict[str, list[Access]]) -> Iterator[str]:
    program = found.program
    family = {*program.above(known.name), *program.under(known.name), "?"}
    own = known.name.removeprefix(f"{known.module}.")
    for name, node in known.methods.items():
        if name.startswith("__") or name in CALLED or handed_over(node) or name in _templates():
            continue
        if not any(
            (access.owner in family or _is_protocol(found, access.owner))
            and (module(access.file), access.function) != (known.module, f"{own}.{name}")
            for access in reads.get(name, ())
        ):
            yield f"{known.name}.{name}"


def _is_protocol(found: Found, owner: str) -> bool:
    known = found.program.classes.get(owner)
    return known is not None and any(base.endswith("Protocol") for base in known.bases)


@cache
def _templates() -> set[str]:
    """Attributes that pages read."""
    pages = (text(name) for name in files("*.html") if not name.startswith("tests/"))
    return {name for page in pages for name in re.findall(r"\.(\w+)", page)}


def test_everything_has_a_caller() -> None:
    found = {
        name
        for name in uncalled(everything())
        if not any(re.fullmatch(pattern, name) for pattern in FOUND)
    }
    new, gone = sorted(found - GAPS.keys()), sorted(GAPS.keys() - found)
    assert not new, (
        f"without a caller outside of tests: {', '.join(new)}; call it, delete it, move what only"
        " tests need to tests/rigs, or name the library that calls it in CALLED or FOUND"
    )
    assert not gone, f"these have a caller now or are gone, take them off GAPS: {', '.join(gone)}"
    if found:
        warnings.warn(f"known gaps, without a caller: {', '.join(sorted(found))}", stacklevel=1)


def test_every_name_on_the_lists_exists() -> None:
    program = everything().program
    methods = {name for known in program.classes.values() for name in known.methods}
    assert methods >= CALLED.keys()
    names = [*program.classes, *program.functions]
    for pattern in FOUND:
        assert any(re.fullmatch(pattern, name) for name in names), pattern
