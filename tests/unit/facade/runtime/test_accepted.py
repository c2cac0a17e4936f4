"""accepted.json: the route file as it was last taken."""

from pathlib import Path

import pytest

from facade.runtime.accepted import ACCEPTED, read_accepted, write_accepted

TEXT = "upstreams: {legacy: {url: 'http://a.test'}}  # größer\nroutes: []\n"


def test_what_was_written_is_read(tmp_path: Path) -> None:
    (tmp_path / "link.yaml").symlink_to(tmp_path / "routes.yaml")
    write_accepted(tmp_path, tmp_path / "link.yaml", TEXT.encode())
    found = read_accepted(tmp_path, "routes.yaml")
    assert found is not None
    assert found.data == TEXT.encode()
    assert found.is_of(tmp_path / "routes.yaml")
    assert not found.is_of(tmp_path / "other.yaml")
    assert "legacy" in found.loaded.file.upstreams


@pytest.mark.parametrize(
    "content", [None, "", "{", "[]", "{}", '{"file": "x"}', '{"file": "x", "text": "routes: {"}']
)
def test_what_cannot_be_read_is_nothing(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / ACCEPTED).write_text(content)
    assert read_accepted(tmp_path, "routes.yaml") is None
