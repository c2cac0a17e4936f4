"""A private key is read from the file that the operator names."""

import json
from pathlib import Path

import pytest
from joserfc.jwk import OKPKey

from chassis.web.keys import read_key


def test_a_key_is_read(tmp_path: Path) -> None:
    key = OKPKey.generate_key("X25519", auto_kid=True)
    path = tmp_path / "key.json"
    path.write_text(json.dumps(key.as_dict(private=True)))
    assert read_key(path).kid == key.kid


def test_a_file_that_is_none_or_holds_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="missing"):
        read_key(tmp_path / "missing.json")
    (tmp_path / "key.json").write_text("no key")
    with pytest.raises(ValueError):
        read_key(tmp_path / "key.json")
