"""What ends a command: its exit code, and the line that a failed program leaves."""

import pytest

from fig.errors import BAD_INPUT, NEGATIVE, BadSetting, FigError, last_line


def test_a_setting_that_cannot_be_used_has_another_exit_code() -> None:
    assert (FigError.exit_code, BadSetting.exit_code) == (NEGATIVE, BAD_INPUT)


@pytest.mark.parametrize(
    ("output", "line"),
    [("one\n two \n\n", "two"), (" \n", ""), ("", ""), (OSError("no\nroom"), "room")],
)
def test_the_last_line_with_words(output: object, line: str) -> None:
    assert last_line(output) == line
