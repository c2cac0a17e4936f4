"""The file of API keys."""

import json
import stat
import threading
from pathlib import Path

import pytest

from facade.machines.apikeys import BadKeyFile, changed, check_key, make, read_keys
from facade.routes.machines.allow import ENDED, UNKNOWN, Machine, Unproven
from tests.rigs.machines import add_key

NOW = 1_800_000_000.0


def test_a_key_is_known_by_its_digest_alone(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    text = add_key(file, "bookkeeper", "a", "b")
    assert text not in file.read_text() and text.split("_", 2)[2] not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    keys = read_keys(file.read_bytes())
    machines = {name: key.machine for name, key in keys.items()}
    found = check_key(text.encode(), keys, machines, NOW)
    assert isinstance(found, Machine)
    assert (found.full_name, found.scopes) == ("api_key:bookkeeper", {"a", "b"})
    for wrong in (text[:-1], text + "x", text.swapcase(), "fig_" + text[4:12] + "_", ""):
        refused = check_key(wrong.encode(), keys, machines, NOW)
        assert isinstance(refused, Unproven) and refused.reason == UNKNOWN


def test_a_key_ends_at_its_second() -> None:
    key, text = make("a", (), NOW, NOW + 10)
    keys = {key.id: key}
    machines = {key.id: key.machine}
    assert isinstance(check_key(text.encode(), keys, machines, NOW + 9.9), Machine)
    ended = check_key(text.encode(), keys, machines, NOW + 10)
    assert isinstance(ended, Unproven)
    assert (ended.reason, ended.shown) == (ENDED, f"key {key.id} of a")


@pytest.mark.parametrize(
    "change",
    [
        {"sha256": "abc"},
        {"owner": "a b"},
        {"owner": 7},
        {"scopes": ["a b"]},
        {"made": "yesterday"},
        {"ends": "2027-01-01"},
        {"ends": "2027-01-01T00:00:00"},
    ],
)
def test_a_file_that_says_something_else_is_none(change: dict[str, object]) -> None:
    key, _ = make("a", ("s",), NOW, None)
    content = {"keys": {key.id: {**key.as_json(), **change}}}
    with pytest.raises(BadKeyFile):
        read_keys(json.dumps(content).encode())


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"keys": 1}', b"{}", b'{"keys": {"a": 1}}'])
def test_a_broken_file_is_none(data: bytes) -> None:
    with pytest.raises(BadKeyFile):
        read_keys(data)


def test_keys_that_are_added_at_once_are_all_kept(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    threads = [threading.Thread(target=add_key, args=(file, f"o{n}")) for n in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert {one.owner for one in read_keys(file.read_bytes()).values()} == {
        f"o{n}" for n in range(8)
    }


def test_a_change_that_fails_leaves_the_file(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    add_key(file, "a")
    before = file.read_bytes()
    with pytest.raises(RuntimeError), changed(file) as keys:
        keys.clear()
        raise RuntimeError
    assert file.read_bytes() == before
