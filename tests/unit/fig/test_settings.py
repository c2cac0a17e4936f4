"""Where the files of the data folder lie."""

from pathlib import Path

from fig.settings import Home


def test_everything_lies_in_the_data_folder():
    home = Home(Path("/a b/.fig"))
    for path in (home.state, home.lock, home.spool, home.logs, home.secrets):
        assert path.is_relative_to("/a b/.fig")
