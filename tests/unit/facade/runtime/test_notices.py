"""What the system says of a folder's files."""

import select
import sys
from pathlib import Path

import pytest

from facade.runtime.notices import Notices

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="inotify")


def heard(notices: Notices) -> bool:
    return bool(select.select([notices.descriptor], [], [], 0)[0])


def test_a_file_that_is_written_replaced_or_removed_is_heard_once(tmp_path: Path) -> None:
    file, fresh = tmp_path / "a", tmp_path / "b" / "a"
    fresh.parent.mkdir()
    notices = Notices([tmp_path])
    assert not heard(notices)
    for change in (
        lambda: file.write_text("one"),
        lambda: file.write_text("two"),
        lambda: (fresh.write_text("new"), fresh.replace(file)),
        file.unlink,
    ):
        change()
        assert heard(notices)
        notices.take()
        assert not heard(notices)
    fresh.write_text("in a folder of its own")
    assert not heard(notices)
    notices.close()
    assert notices.descriptor is None


def test_of_a_folder_that_is_not_there_nothing_is_heard(tmp_path: Path) -> None:
    notices = Notices([tmp_path, tmp_path / "none"])
    assert notices.descriptor is None
    notices.take()
    notices.close()
