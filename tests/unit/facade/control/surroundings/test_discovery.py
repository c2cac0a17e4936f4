"""Instances by service; the last known ones stay."""

import json
from pathlib import Path

from facade.control.surroundings.discovery import by_service, merged
from facade.runtime.instances import read_instances, write_instances


def entry(service: str, url: str) -> bytes:
    return json.dumps({"service": service, "url": url, "instance": "i", "started": "s"}).encode()


def test_entries_are_grouped_and_nonsense_is_left_out() -> None:
    entries = [entry("b", "http://2"), entry("a", "http://9"), b"{", b"[]", entry("b", "http://1")]
    assert by_service(entries) == {"a": ["http://9"], "b": ["http://1", "http://2"]}


def test_a_service_keeps_its_last_instance() -> None:
    known = {"a": ["http://1"], "b": ["http://2"]}
    assert merged(known, {"b": ["http://3"]}) == {"a": ["http://1"], "b": ["http://3"]}


def test_the_file_survives_damage(tmp_path: Path) -> None:
    assert read_instances(tmp_path) == {}
    write_instances(tmp_path, {"a": ["http://1"]})
    assert read_instances(tmp_path) == {"a": ["http://1"]}
    (tmp_path / "instances.json").write_text("{half")
    assert read_instances(tmp_path) == {}
