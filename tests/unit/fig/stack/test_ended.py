"""`ended.json`: the one place that says whether a shop has lost its monolith."""

import pytest

from fig.errors import BadSetting
from fig.settings import Home
from fig.stack import ended
from fig.stack.ended import Ended


def test_nothing_is_written_while_there_is_a_monolith(tmp_path):
    assert ended.read(Home(tmp_path)) is None


def test_what_is_written_is_read(tmp_path):
    home = Home(tmp_path / "new")
    said = Ended(at=17.5, how="farewell", archive="/a/b.dump")
    ended.write(home, said)
    assert ended.read(home) == said


@pytest.mark.parametrize("text", ["", "[]", '{"at": 1}', '{"at": 1, "how": "x", "other": 2}'])
def test_a_file_that_cannot_be_read_is_not_taken_for_none(tmp_path, text):
    home = Home(tmp_path)
    home.ended.write_text(text)
    with pytest.raises(BadSetting, match=r"ended\.json: .*must be readable"):
        ended.read(home)
