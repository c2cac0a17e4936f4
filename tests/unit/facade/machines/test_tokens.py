"""A token of an issuer; the ways to forge one stand in proxy/machines/test_forging.py."""

from pathlib import Path

import pytest
from joserfc.jwk import OKPKey

from facade.machines.keyset import read_set
from facade.machines.tokens import Issuer, check_token
from facade.routes.config.machinefile import IssuerConfig
from facade.routes.machines.allow import AWAY, ENDED, NOT_YET, UNKNOWN, Checked, Machine, Unproven
from tests.rigs import machines
from tests.rigs.machines import AUDIENCE, ISSUER

NOW = 1_800_000_000.0


@pytest.fixture(scope="module")
def signing(tmp_path_factory: pytest.TempPathFactory) -> machines.Issuer:
    found = machines.Issuer(tmp_path_factory.mktemp("issuer") / "jwks.json")
    found.now = NOW
    return found


def known(signing: machines.Issuer, **change: object) -> Issuer:
    usual = {"issuer": ISSUER, "audience": (AUDIENCE,), "jwks": "x", "name": "partners"}
    config = IssuerConfig(**{**usual, **change})  # type: ignore[arg-type]
    return Issuer(config, read_set(signing.file.read_bytes()))


def checked(signing: machines.Issuer, token: str, issuer: Issuer | None = None) -> Checked:
    return check_token(token.encode(), {ISSUER: issuer or known(signing)}, NOW)


def why(found: Checked) -> str:
    assert isinstance(found, Unproven)
    return found.reason


def test_a_machine_has_its_name_scopes_and_end(signing: machines.Issuer) -> None:
    found = checked(signing, signing.token(exp=int(NOW) + 100))
    assert isinstance(found, Machine)
    assert found.full_name == "token:partners:robot-7"
    assert found.scopes == {"stock:read", "stock:write"}
    assert found.until == int(NOW) + 130


def test_scopes_stand_in_the_claim_that_the_file_names(signing: machines.Issuer) -> None:
    issuer = known(signing, scopes="scp")
    found = checked(signing, signing.token(scp=["a", 7, "", "b"]), issuer)
    assert isinstance(found, Machine) and found.scopes == {"a", "b"}
    for odd in (None, 7, {"a": 1}, ""):
        found = checked(signing, signing.token(scp=odd), issuer)
        assert isinstance(found, Machine) and found.scopes == frozenset()


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"exp": int(NOW) - 31}, ENDED), ({"exp": int(NOW) - 28}, None),
        ({"nbf": int(NOW) + 32}, NOT_YET), ({"nbf": int(NOW) + 28}, None),
        ({"iat": int(NOW) + 32}, NOT_YET), ({"exp": NOW + 0.5}, None),
    ],
)  # fmt: skip
def test_clocks_may_differ_by_the_leeway(
    signing: machines.Issuer, change: dict[str, float], wanted: str | None
) -> None:
    found = checked(signing, signing.token(**change))
    assert (found.reason if isinstance(found, Unproven) else None) == wanted


def test_an_ed25519_key_signs_under_both_names(tmp_path: Path) -> None:
    signing = machines.Issuer(tmp_path / "jwks.json")
    signing.now = NOW
    okp = OKPKey.generate_key("Ed25519", auto_kid=True)
    signing.keys = [*signing.keys, okp]  # type: ignore[list-item]
    signing.write()
    issuer = known(signing, algorithms=("EdDSA", "Ed25519"))
    for alg in ("EdDSA", "Ed25519"):
        token = signing.token(okp, alg=alg, header={"kid": okp.kid})
        assert isinstance(checked(signing, token, issuer), Machine)


def test_without_a_kid_there_must_be_no_choice(signing: machines.Issuer, tmp_path: Path) -> None:
    token = signing.token(header={"kid": None})
    assert isinstance(checked(signing, token), Machine), "one RSA key, one EC key"
    two = machines.Issuer(tmp_path / "jwks.json")
    two.keys = [two.rsa, type(two.rsa).generate_key(2048, auto_kid=True)]
    two.write()
    issuer = known(two)
    assert why(checked(two, token, issuer)) == UNKNOWN
    assert issuer.unknown == 1, "the control process asks the issuer again for it"


def test_keys_that_were_never_read_say_nothing_of_a_token(signing: machines.Issuer) -> None:
    issuer = known(signing)
    issuer.keys = None
    assert why(checked(signing, signing.token(), issuer)) == AWAY
