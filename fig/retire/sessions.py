"""Roles that logged in to legacy's database: by PostgreSQL's log, and by the open sessions.

The migration's own programs are left out, and so is the monolith: it holds its sessions whether
somebody needs it or not. A program that logs in with the monolith's role and does not name itself
is taken for the monolith.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg
from psycopg.rows import class_row

from fig.errors import FigError, last_line
from fig.retire.seen import Need

CONNECT_SECONDS = 5
NAME = "fig retire"  # of our own session
DATABASE = "legacy"
OF_THE_MIGRATION = frozenset({"feed", "accounts", "reverse"})  # roles
_OURS = re.compile(r"fig\b.*|verify|outbox watch")  # programs, of any role

_LINE = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?) UTC \[\d+\] ")
_LOGIN = re.compile(
    r"LOG:  connection authorized: user=(?P<role>.*?) database=(?P<database>.*?)"
    r"(?: application_name=(?P<program>.*?))?(?: SSL enabled .*)?$"
)
_OPEN = """
SELECT usename AS role, coalesce(application_name, '') AS program,
       extract(epoch FROM clock_timestamp())::float AS at
FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""


@dataclass(frozen=True, slots=True)
class Login:
    """A session: the role, the program as it calls itself ("": not at all), unix seconds."""

    role: str
    program: str
    at: float

    @property
    def foreign(self) -> bool:
        """Whether it is neither the migration's nor the monolith's."""
        if self.role in OF_THE_MIGRATION or _OURS.fullmatch(self.program):
            return False
        return bool(self.program) or self.role not in ("legacy", "postgres")


def logged(lines: Iterable[str]) -> tuple[float | None, list[Login]]:
    """The moment of the first line (None: there is none), and the logins to legacy's database."""
    since: float | None = None
    found = []
    for line in lines:
        begin = _LINE.match(line)
        if begin is None:
            continue
        at = datetime.fromisoformat(begin[1]).replace(tzinfo=UTC).timestamp()
        since = at if since is None else since
        login = _LOGIN.match(line, begin.end())
        if login is not None and login["database"] == DATABASE:
            found.append(Login(login["role"], login["program"] or "", at))
    return since, found


def open_now(url: str) -> list[Login]:
    """The sessions of now, asked as the superuser. Raises FigError where it cannot be asked."""
    try:
        with psycopg.connect(
            url, autocommit=True, connect_timeout=CONNECT_SECONDS, application_name=NAME
        ) as connection:
            return connection.cursor(row_factory=class_row(Login)).execute(_OPEN).fetchall()
    except psycopg.Error as error:
        raise FigError(
            f"legacy's database cannot be asked who uses it ({last_line(error)});"
            " fig status shows what runs"
        ) from None


def needs(logins: Iterable[Login]) -> list[Need]:
    """A need for each foreign role and program, with its last moment."""
    found: dict[tuple[str, str], Need] = {}
    for login in sorted(logins, key=lambda one: one.at):
        if login.foreign:
            key = (login.role, login.program)
            name = f"{login.program or 'a program without a name'}, as role {login.role}"
            number = found[key].number + 1 if key in found else 1
            found[key] = Need("session", name, login.at, number)
    return [*found.values()]
