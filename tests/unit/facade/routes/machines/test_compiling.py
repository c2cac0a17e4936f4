"""What an operator wrote of a route, as requests meet it."""

from facade.routes.config.machinefile import AllowConfig
from facade.routes.machines.compiling import compile_allow


def test_a_route_without_allow_asks_nobody() -> None:
    assert compile_allow(None) is None


def test_with_neither_keys_nor_issuers_whoever_is_known_is_meant() -> None:
    known = compile_allow(AllowConfig(scopes=("a",)))
    assert known is not None and known.anybody and not known.enforced
    named = compile_allow(AllowConfig(keys=("k",), issuers=("p",), mode="enforce"))
    assert named is not None and not named.anybody and named.enforced
    assert (named.owners, named.issuers) == ({"k"}, {"p"})
