"""The entries under `domains`, as they are written."""

from collections.abc import Callable

import pytest

from facade.routes.config.domainfile import Domain
from facade.routes.file.reading import load

HEAD = "upstreams: {legacy: {url: 'http://h:1'}}\n"


@pytest.mark.parametrize(
    ("entry", "domain", "words"),
    [
        ("{owner: legacy}", Domain("orders", "legacy"), "legacy"),
        ("{}", Domain("orders", "legacy"), "legacy"),
        ("{owner: moving}", Domain("orders", "moving"), "moving"),
        ("{owner: new}", Domain("orders", "new", "open"), "new, window open"),
        ("{owner: new, window: closed}", Domain("orders", "new", "closed"), "new, window closed"),
    ],
)
def test_owner_and_window(entry: str, domain: Domain, words: str) -> None:
    file = load(f"{HEAD}domains: {{orders: {entry}}}\nroutes: []\n".encode()).file
    assert dict(file.domains) == {"orders": domain}
    assert file.domains["orders"].words == words


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("{owner: nobody}", "unknown owner 'nobody' (expected one of legacy, moving, new)"),
        ("{owner: new, window: ajar}", "unknown window 'ajar' (expected one of open, closed)"),
        ("{ownr: legacy}", "did you mean 'owner'?"),
        ("legacy", "expected a mapping"),
    ],
)
def test_anything_else_is_refused(
    errors: Callable[[str], list[str]], entry: str, said: str
) -> None:
    (line,) = errors(f"{HEAD}domains: {{orders: {entry}}}\nroutes: []\n")
    assert said in line
