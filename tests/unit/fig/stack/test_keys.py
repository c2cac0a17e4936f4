"""Keys are made once, belong together, and are nobody else's to read."""

import json
import time

import pytest
from joserfc.jwk import KeySet, OKPKey

from chassis.web.callers import Credentials, NotAService, read_callers
from chassis.web.identity import Verifier, issue
from chassis.web.sealed import Session, seal, unseal
from fig.errors import BadSetting
from fig.stack import keys


def _key(path) -> OKPKey:
    return OKPKey.import_key(json.loads(path.read_text()))


async def test_what_the_facade_signs_and_seals_the_services_check_and_open(tmp_path):
    keys.make(tmp_path)
    token = issue(_key(tmp_path / "facade/identity.json"), "a@b.c", "Anna", time.time())
    verifier = Verifier(str(tmp_path / "public/identity.json"))
    assert (await verifier.verify(token)).email == "a@b.c"
    sealed = seal(_key(tmp_path / "public/session.json"), Session("a@b.c", "session=x"))
    assert unseal(_key(tmp_path / "orders/session.json"), sealed, "a@b.c").cookie == "session=x"


def test_a_service_proves_to_the_others_who_calls(tmp_path):
    keys.make(tmp_path)
    token = Credentials("orders", _key(tmp_path / "orders/service.json")).token("payments")
    for name, known in (("payments", True), ("inventory", False)):
        callers = read_callers(name, tmp_path / "public/services.json")
        if known:
            assert callers.check(f"Bearer {token}") == "orders"
        else:
            with pytest.raises(NotAService):
                callers.check(f"Bearer {token}")


def test_private_halves_stay_out_of_the_public_folder(tmp_path):
    keys.make(tmp_path)
    public = json.loads((tmp_path / "public/session.json").read_text())
    assert "d" not in public
    callers = json.loads((tmp_path / "public/services.json").read_text())
    assert not any("d" in key for key in callers.values())
    served = KeySet.import_key_set(json.loads((tmp_path / "public/identity.json").read_text()))
    assert not any(key.is_private for key in served.keys)


def test_what_exists_is_kept_and_what_is_missing_is_made(tmp_path):
    keys.make(tmp_path)
    before = {path: path.read_text() for path in tmp_path.rglob("*.json")}
    (tmp_path / "public/identity.json").unlink()
    keys.make(tmp_path)
    assert {path: path.read_text() for path in tmp_path.rglob("*.json")} == before


def test_only_their_owner_may_read_them(tmp_path):
    keys.make(tmp_path)
    assert {path.stat().st_mode & 0o777 for path in tmp_path.rglob("*.json")} == {0o600}


def test_a_broken_file_is_named_and_not_replaced(tmp_path):
    keys.make(tmp_path)
    broken = tmp_path / "orders/session.json"
    broken.write_text("{")
    with pytest.raises(BadSetting, match=str(tmp_path)):
        keys.make(tmp_path)
    assert broken.read_text() == "{"
