"""Who logged in to legacy's database, by the lines that PostgreSQL writes."""

import pytest

from fig.retire.seen import Need
from fig.retire.sessions import Login, logged, needs

LOG = """\
2026-01-01 00:00:00.000 UTC [1] LOG:  starting PostgreSQL 18
PostgreSQL Database directory appears to contain a database
2026-01-01 00:00:01.000 UTC [9] LOG:  connection received: host=127.0.0.1 port=4
2026-01-01 00:00:01.500 UTC [9] LOG:  connection authorized: user=ann database=legacy application_name=psql
2026-01-01 00:00:02.000 UTC [9] LOG:  connection authorized: user=bob database=legacy application_name=my tool SSL enabled (protocol=TLSv1.3)
2026-01-01 00:00:03.000 UTC [9] LOG:  connection authorized: user=legacy database=legacy
2026-01-01 00:00:04.000 UTC [9] LOG:  connection authorized: user=ann database=orders application_name=psql
2026-01-01 00:00:05.000 UTC [9] ERROR:  connection authorized: user=eve database=legacy
"""  # noqa: E501 - lines of a log
T = 1767225600.0


def test_logins_to_the_one_database_are_read() -> None:
    since, logins = logged(LOG.splitlines())
    assert since == T
    assert logins == [
        Login("ann", "psql", T + 1.5), Login("bob", "my tool", T + 2), Login("legacy", "", T + 3),
    ]  # fmt: skip
    assert logged(["no time"]) == (None, [])


@pytest.mark.parametrize(
    ("role", "program", "foreign"),
    [
        ("legacy", "", False),
        ("legacy", "psql", True),
        ("postgres", "psql", True),
        ("postgres", "fig cutover", False),
        ("postgres", "figures", True),
        ("feed", "fig-feed", False),
        ("reverse", "", False),
        ("accounts", "anything", False),
        ("reporting", "", True),
        ("legacy", "verify", False),
    ],
)
def test_the_migration_and_the_monolith_are_not_counted(
    role: str, program: str, foreign: bool
) -> None:
    assert Login(role, program, T).foreign is foreign


def test_each_role_and_program_is_one_need_with_its_last_moment() -> None:
    logins = [Login("ann", "psql", T + 9), Login("ann", "psql", T), Login("ann", "", T + 1)]
    assert needs([*logins, Login("legacy", "", T)]) == [
        Need("session", "psql, as role ann", T + 9, 2),
        Need("session", "a program without a name, as role ann", T + 1, 1),
    ]
