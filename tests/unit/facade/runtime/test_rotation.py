"""The key that signs, the one that will, the one that did."""

import json
import stat
from pathlib import Path

import pytest

from facade.runtime import rotation
from facade.runtime.keyring import ensure, in_folder


@pytest.fixture
def key(tmp_path: Path) -> Path:
    files = in_folder(tmp_path)
    ensure(files)
    return files.identity


def kid(path: Path) -> str:
    return str(json.loads(path.read_bytes())["kid"])


def kids(key: Path) -> list[str]:
    public = rotation.public_set(key)["keys"]
    assert not any("d" in one for one in public)
    return [one["kid"] for one in public]


def test_each_step_is_seen_and_a_repeated_one_changes_nothing(key: Path) -> None:
    old = kid(key)
    assert kids(key) == [old]
    rotation.announce(key)
    new = kid(rotation.next_of(key))
    rotation.announce(key)
    assert kids(key) == [new, old] and kid(key) == old
    rotation.switch(key)
    assert kid(key) == new and kids(key) == [new, old]
    assert not rotation.next_of(key).exists()
    for path in (key, rotation.last_of(key)):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    rotation.forget(key)
    rotation.forget(key)
    assert kids(key) == [new]


def test_a_key_that_is_gone_is_no_empty_set(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="identity"):
        rotation.public_set(tmp_path / "identity.json")
