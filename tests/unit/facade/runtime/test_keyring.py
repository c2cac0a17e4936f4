"""Key files: made once, for their owner alone, and never replaced."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from joserfc.jwk import OKPKey

from chassis.web.sealed import Session, seal, unseal
from facade.runtime.keyring import BadKey, KeyFiles, ensure, in_folder, private_of, secret


def key(path: Path) -> OKPKey:
    return OKPKey.import_key(json.loads(path.read_bytes()))


def test_all_are_made_and_fit_each_other(tmp_path: Path) -> None:
    files = in_folder(tmp_path / "keys")
    ensure(files)
    assert key(files.identity).is_private
    assert not key(files.session).is_private
    session = Session("sara@shop.test", "session=1")
    sealed = seal(key(files.session), session)
    assert unseal(key(private_of(files.session)), sealed, "sara@shop.test") == session
    assert len(secret(files.after)) >= 32
    for path in (tmp_path / "keys").iterdir():
        assert path.stat().st_mode & 0o777 == 0o600, path
    assert len(list((tmp_path / "keys").iterdir())) == 4, "nothing temporary is left"


def test_what_is_there_stays(tmp_path: Path) -> None:
    files = in_folder(tmp_path)
    ensure(files)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    ensure(files)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_public_half_that_got_lost_is_derived_again(tmp_path: Path) -> None:
    files = in_folder(tmp_path)
    ensure(files)
    before = key(files.session).thumbprint()
    files.session.unlink()
    ensure(files)
    assert key(files.session).thumbprint() == before


def test_starting_together_gives_one_set(tmp_path: Path) -> None:
    files = in_folder(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: ensure(files), range(8)))
    assert key(private_of(files.session)).thumbprint() == key(files.session).thumbprint()
    assert len(list(tmp_path.iterdir())) == 4


def test_a_sealing_key_under_a_strange_name_is_not_made(tmp_path: Path) -> None:
    files = KeyFiles(tmp_path / "i.json", tmp_path / "s.json", tmp_path / "a")
    with pytest.raises(BadKey, match=r"s\.json: no such file"):
        ensure(files)


def test_a_short_secret_is_refused(tmp_path: Path) -> None:
    files = in_folder(tmp_path)
    files.after.write_bytes(b"short")
    with pytest.raises(BadKey, match="32 bytes"):
        ensure(files)
