"""What the databases' step reads."""

import pytest

from fig.errors import BadSetting
from fig.stack.engines.databases import Login, login, run


def test_a_url_names_role_password_and_database():
    assert login("postgresql://feed:p%40ss@127.0.0.1:8010/legacy") == Login(
        "feed", "p@ss", "legacy"
    )


@pytest.mark.parametrize(
    "url", ["", "postgresql://h/db", "postgresql://u@h/db", "postgresql://u:p@h"]
)
def test_a_url_that_lacks_one_is_refused(url):
    with pytest.raises(BadSetting, match="postgresql://role:password@host:port/database"):
        login(url)


def test_a_missing_variable_is_named():
    with pytest.raises(BadSetting, match="DATABASES_OWNERS is not set"):
        run({"DATABASES_SUPERUSER_URL": "postgresql://u:p@h/d"})
