"""Whether a machine is let in, and what it is answered otherwise."""

import pytest

from facade.routes.config.machinefile import AllowConfig
from facade.routes.machines.allow import (
    API_KEY,
    AWAY,
    ENDED,
    NONE,
    OTHER,
    SCOPE,
    SEVERAL,
    TOKEN,
    WORDS,
    Allow,
    Machine,
    Unproven,
    status_of,
)
from facade.routes.machines.compiling import compile_allow

KEY = Machine(API_KEY, "bookkeeper", frozenset({"a", "b"}), 0.0)
PARTNER = Machine(TOKEN, "robot", frozenset({"a"}), 0.0, "partners")


def allow(**how: object) -> Allow:
    found = compile_allow(AllowConfig(**how))  # type: ignore[arg-type]
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("how", "key", "partner"),
    [
        ({}, None, None),
        ({"keys": ("bookkeeper",)}, None, OTHER),
        ({"keys": ("*",)}, None, OTHER),
        ({"keys": ("robot", "partners")}, OTHER, OTHER),
        ({"issuers": ("partners",)}, OTHER, None),
        ({"issuers": ("bookkeeper",)}, OTHER, OTHER),
        ({"issuers": ("partners",), "keys": ("bookkeeper",)}, None, None),
        ({"scopes": ("a",)}, None, None),
        ({"scopes": ("a", "b")}, None, SCOPE),
        ({"keys": ("x",), "scopes": ("z",)}, OTHER, OTHER),
    ],
)
def test_who_is_let_in(how: dict[str, object], key: str | None, partner: str | None) -> None:
    one = allow(**how)
    assert (one.refusal(KEY), one.refusal(PARTNER)) == (key, partner)
    assert one.refusal(Unproven(ENDED)) == ENDED


def test_a_machine_is_distinguished_from_all_others() -> None:
    assert KEY.full_name == "api_key:bookkeeper"
    assert PARTNER.full_name == "token:partners:robot"
    namesake = Machine(TOKEN, "bookkeeper", frozenset(), 0.0, "api_key")
    assert namesake.full_name != KEY.full_name


def test_every_reason_has_words_and_a_status() -> None:
    for reason in WORDS:
        assert status_of(reason) in (400, 401, 403, 503)
        line = allow(scopes=("a", "b")).challenge(reason)
        assert bool(line) == (status_of(reason) in (400, 401) or reason == SCOPE)
        assert line.count(b"\r\n") == bool(line)
    assert (status_of(SEVERAL), status_of(NONE), status_of(AWAY)) == (400, 401, 503)
    assert allow(scopes=("a", "b")).challenge(SCOPE).endswith(b'scope="a b"\r\n')
