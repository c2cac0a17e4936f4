"""What one process knows: files, what was fetched, what was checked a moment ago."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from facade.machines.known import FETCHED, KnownMachines, known_by
from facade.routes.config.machinefile import IssuerConfig, KeysConfig, Machines
from facade.routes.machines.allow import AWAY, ENDED, UNKNOWN, Checked, Machine, Unproven
from tests.rigs.machines import AUDIENCE, ISSUER, Issuer, add_key


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return Issuer(tmp_path / "jwks.json")


def config(jwks: str = "jwks.json", keys: str | None = "keys.json") -> Machines:
    issuers = {"partners": IssuerConfig(ISSUER, (AUDIENCE,), jwks, "partners")}
    return Machines(None if keys is None else KeysConfig(keys), issuers)


def bearer(known: KnownMachines, text: str) -> Checked:
    return known.check([(b"authorization", b"Bearer " + text.encode())])


def why(found: Checked) -> str | None:
    return found.reason if isinstance(found, Unproven) else None


def test_files_lie_in_the_folder_of_the_route_file(issuer: Issuer, tmp_path: Path) -> None:
    key = add_key(tmp_path / "keys.json", "bookkeeper")
    known = KnownMachines(tmp_path)
    known.use(config())
    assert isinstance(bearer(known, key), Machine)
    assert isinstance(bearer(known, issuer.token()), Machine)
    assert known.facts() == {
        "partners": {"keys": 2, "unknown": 0, "error": ""}, "keys": {"keys": 1, "error": ""}
    }  # fmt: skip


def test_a_token_that_was_checked_is_not_checked_again_before_it_ends(
    issuer: Issuer, tmp_path: Path
) -> None:
    now = [time.time()]
    known = KnownMachines(tmp_path, lambda: now[0])
    known.use(config(keys=None))
    token = issuer.token(exp=int(now[0]) + 10)
    first = bearer(known, token)
    assert isinstance(first, Machine) and bearer(known, token) is first
    now[0] += 60
    assert why(bearer(known, token)) == ENDED


def test_a_missing_file_is_waited_for(issuer: Issuer, tmp_path: Path) -> None:
    known = KnownMachines(tmp_path)
    known.use(config())
    assert "cannot read it" in known.facts()["keys"]["error"]
    assert why(bearer(known, "fig_x")) == AWAY
    key = add_key(tmp_path / "keys.json", "bookkeeper")
    for _ in range(2):
        known.poll()
    assert isinstance(bearer(known, key), Machine)
    assert known.facts()["keys"] == {"keys": 1, "error": ""}


def test_a_key_where_no_file_is_named_is_unknown(issuer: Issuer, tmp_path: Path) -> None:
    key = add_key(tmp_path / "keys.json", "bookkeeper")
    known = KnownMachines(tmp_path)
    known.use(config(keys=None))
    assert why(bearer(known, key)) == UNKNOWN


def test_a_reload_keeps_what_is_known_of_sources_that_stay(issuer: Issuer, tmp_path: Path) -> None:
    address = "https://id.test/keys"
    known = KnownMachines(tmp_path)
    known.use(config(address))
    known.fetched(published(address, issuer.jwks))
    token = issuer.token()
    assert isinstance(bearer(known, token), Machine)
    known.use(config(address, keys=None))
    assert isinstance(bearer(known, token), Machine)
    known.use(Machines())
    assert isinstance(bearer(known, token), Unproven)


def published(address: str, keys: Any) -> bytes:
    return json.dumps({"partners": {"jwks": address, "set": keys}}).encode()


def test_what_was_fetched_and_is_no_set_leaves_what_was_known(
    issuer: Issuer, tmp_path: Path
) -> None:
    address = "https://id.test/keys"
    known = KnownMachines(tmp_path)
    known.use(config(address))
    known.fetched(published(address, issuer.jwks))
    known.fetched(published(address, {"keys": []}))
    known.fetched(b"{")
    assert isinstance(bearer(known, issuer.token()), Machine)
    assert "none of its keys" in known.facts()["partners"]["error"]


def test_a_command_knows_what_the_facade_has_fetched(issuer: Issuer, tmp_path: Path) -> None:
    address = "https://id.test/keys"
    assert why(bearer(known_by(config(address), tmp_path, None), issuer.token())) == AWAY
    assert why(bearer(known_by(config(address), tmp_path, tmp_path), issuer.token())) == AWAY
    (tmp_path / FETCHED).write_bytes(published(address, issuer.jwks))
    assert isinstance(
        bearer(known_by(config(address), tmp_path, tmp_path), issuer.token()), Machine
    )
