"""The section `machines`, the routes' `allow`, and what must hold between them."""

import pytest

from facade.routes.file.problems import RouteFileError
from facade.routes.file.reading import Loaded, load

FILE = """\
facade: {{match_case: true}}
upstreams: {{legacy: {{url: http://h}}}}
machines: {machines}
limits: {{l: {{rate: 1/s, key: {key}}}}}
routes:
  - {{name: one, match: GET /one, stage: legacy, limits: l, allow: {allow}{more}}}
"""
ISSUER = "{issuer: https://a, audience: shop, jwks: keys.json}"
USUAL = f"{{keys: {{file: k.json}}, issuers: {{p: {ISSUER}}}}}"


def loaded(
    allow: str = "{}", machines: str = USUAL, key: str = "[client]", more: str = ""
) -> Loaded:
    return load(FILE.format(allow=allow, machines=machines, key=key, more=more).encode())


def test_a_file_with_all_of_it() -> None:
    file = loaded('{keys: ["*"], issuers: p, scopes: [a, "b:c"], mode: enforce}').file
    (route,) = file.routes
    assert route.allow is not None
    assert (route.allow.keys, route.allow.issuers) == (("*",), ("p",))
    assert (route.allow.scopes, route.allow.mode) == (("a", "b:c"), "enforce")
    issuer = file.machines.issuers["p"]
    assert (issuer.name, issuer.audience, issuer.algorithms) == ("p", ("shop",), ("RS256", "ES256"))
    assert (issuer.leeway, issuer.refresh, issuer.scopes) == (30.0, 300.0, "scope")
    assert file.machines.keys is not None and file.machines.keys.header == "X-API-Key"


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"allow": "{issuers: q}"}, "unknown issuer 'q' (expected one of p)"),
        ({"machines": "{}"}, "'machines' is missing: it says which keys and tokens are known"),
        ({"machines": "{}", "key": "[api_key, client]"}, "limits.l.key: 'machines' is missing"),
        ({"machines": f"{{issuers: {{p: {ISSUER}}}}}", "allow": "{keys: a}"},
         "'machines.keys' is missing"),
        ({"machines": f"{{issuers: {{p: {ISSUER}, q: {ISSUER}}}}}"}, "'p' has the same claim iss"),
        ({"machines": f"{{issuers: {{keys: {ISSUER}}}}}"}, "take another name"),
        ({"allow": "{keys: [a b]}"}, "expected the owner of a key, or *, not 'a b'"),
        ({"allow": "{scopes: ['a b']}"}, "expected a scope without blanks"),
        ({"allow": "{mode: on}"}, "unknown mode 'on'"),
        ({"machines": "{issuers: {p: {issuer: a, audience: b, jwks: c, algorithms: [HS256]}}}"},
         "unknown algorithm 'HS256'"),
        ({"machines": "{issuers: {p: {issuer: a, audience: b, jwks: c, algorithms: [none]}}}"},
         "unknown algorithm 'none'"),
        ({"machines": "{issuers: {p: {issuer: a, jwks: c}}}"}, "'audience' is missing"),
        ({"machines": "{keys: {file: k, header: 'a b'}}"}, "expected a header's name"),
    ],
)  # fmt: skip
def test_what_is_refused(how: dict[str, str], said: str) -> None:
    with pytest.raises(RouteFileError) as refused:
        loaded(**how)
    assert said in str(refused.value)


def test_a_request_that_goes_past_the_conditions_is_warned_of() -> None:
    (said,) = loaded("{mode: enforce}", more=", host: a.example").warning_lines
    assert "without having been asked for a credential" in said
    assert not loaded("{mode: shadow}", more=", host: a.example").warning_lines


@pytest.mark.parametrize("key", ["[api_key, client]", "[machine, person, client]"])
def test_no_client_gets_round_a_limit_by_what_was_checked(key: str) -> None:
    more = FILE.replace("match_case: true", "identity: {{ask: /me}}")
    text = more.format(allow="{}", machines=USUAL, key=key, more="")
    assert not load(text.encode()).warning_lines
