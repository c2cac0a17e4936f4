"""The entries under `domains`, as they are written."""

from collections.abc import Callable

import pytest

from facade.routes.file.reading import load
from facade.routes.routefile import Domain

HEAD = "upstreams: {legacy: {url: 'http://h:1'}}\n"


@pytest.mark.parametrize("entry", ["{owner: legacy}", "{}"])
def test_legacy_owns_what_has_had_no_cutover(entry: str) -> None:
    file = load(f"{HEAD}domains: {{orders: {entry}}}\nroutes: []\n".encode()).file
    assert dict(file.domains) == {"orders": Domain("orders", "legacy")}


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("{owner: new}", "expected one of legacy"),
        ("{ownr: legacy}", "did you mean 'owner'?"),
        ("legacy", "expected a mapping"),
    ],
)
def test_anything_else_is_refused(
    errors: Callable[[str], list[str]], entry: str, said: str
) -> None:
    (line,) = errors(f"{HEAD}domains: {{orders: {entry}}}\nroutes: []\n")
    assert said in line
