"""Generated passwords and the file that keeps them."""

import json

import pytest

from fig.errors import BadSetting
from fig.stack import credentials


def test_they_are_generated_once_and_kept(tmp_path):
    path = tmp_path / "secrets.json"
    first = credentials.load(path)
    assert credentials.load(path) == first
    assert set(first) == set(credentials.NAMES)
    assert all(len(secret) >= 32 for secret in first.values())


def test_only_the_owner_may_read_them(tmp_path):
    path = tmp_path / "secrets.json"
    credentials.load(path)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_new_name_is_added_and_the_old_ones_stay(tmp_path):
    path = tmp_path / "secrets.json"
    path.write_text(json.dumps({"postgres": "p", "gone": "g"}))
    found = credentials.load(path)
    assert found["postgres"] == "p"
    assert set(credentials.NAMES) < set(found)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_broken_file_is_an_error_that_says_what_to_do(tmp_path):
    path = tmp_path / "secrets.json"
    path.write_text("{")
    with pytest.raises(BadSetting, match="make clean-data"):
        credentials.load(path)
