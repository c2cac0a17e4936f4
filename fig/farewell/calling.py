"""One call of `fig farewell`: look, ask, take the steps that are left.

routes    legacy leaves the route file: what no route names is 404 from then on
stop      the monolith and the feed end, and no `fig up` starts them again
shut      nobody connects to legacy's database any more
archive   a dump, its hash, and what it holds
trial     restored once, and compared
slots     the log is kept for nobody any more
database  dropped, once the archive was looked at again
roles     dropped
bus       the feed's streams are deleted
journal   an entry of all that
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg

from fig.clients import access
from fig.errors import FigError
from fig.farewell import archive, bus, dropping, leaving, report, sessions
from fig.farewell.archive import Archive, Damaged, Server
from fig.farewell.dropping import Changed
from fig.farewell.looking import connected
from fig.farewell.record import Facts, Record
from fig.farewell.steps import WORDS, Step
from fig.retire.sessions import DATABASE
from fig.settings import Home
from fig.stack.addresses import nats_url
from fig.supervise.state import StackState

AGAIN = ("archive", "trial")  # steps that a damaged archive undoes


@dataclass(frozen=True, slots=True)
class InDatabase:
    """The steps in PostgreSQL: of one database, toward one archive."""

    server: Server
    database: str
    path: Path
    record: Record

    def steps(self) -> tuple[Step, ...]:
        name = f"database '{self.database}'"
        return (
            Step("shut", f"let nobody but superusers connect to {name}", self._shut),
            Step("archive", f"archive it in {self.path}", self._archive),
            Step("trial", "restore the archive on trial, and compare", self._trial),
            Step("slots", "drop its replication slots and publications", self._slots),
            Step("database", f"drop {name}", self._drop),
            Step("roles", f"drop the roles {', '.join(dropping.ROLES)}", self._roles),
        )

    def _shut(self) -> Facts:
        with connected(self.server) as connection:
            ended = sessions.shut(connection, self.database)
        return {WORDS: f"nobody connects to it any more, {ended} sessions ended"}

    def _archive(self) -> Facts:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = archive.make(self.server, self.database, self.path)
        words = f"{made.path}: {report.counted(made.sums)}, {report.size(made.size)}"
        return {
            WORDS: words, "path": str(made.path), "sha256": made.sha256, "bytes": made.size,
            "tables": len(made.sums.tables), "rows": made.sums.rows,
        }  # fmt: skip

    def _trial(self) -> Facts:
        made = self._sure()
        apart = archive.try_on(self.server, made)
        if apart:
            self.record.forget(AGAIN)
            raise Damaged(f"restored on trial, the archive is not what legacy's database is:"
                          f" {'; '.join(apart)}. {_ONCE_MORE}")  # fmt: skip
        return {WORDS: f"restored and compared: {report.counted(made.sums)}, equal"}

    def _slots(self) -> Facts:
        self._sure()
        with connected(self.server) as connection:
            slots = dropping.slots(connection, self.database)
        publications = dropping.publications(self.server, self.database)
        return {WORDS: f"slots: {_names(slots)}; publications: {_names(publications)}"}

    def _drop(self) -> Facts:
        """The archive is looked at again, and the database held against it."""
        made = self._sure()
        with connected(self.server) as connection:
            if dropping.there(connection, self.database):
                sessions.shut(connection, self.database)
                self._held_against(made)
                dropping.database(connection, self.database)
        return {WORDS: f"'{self.database}' is dropped; the archive's hash is as it was"}

    def _roles(self) -> Facts:
        with connected(self.server) as connection:
            return {WORDS: f"roles: {_names(dropping.roles(connection))}"}

    def _sure(self) -> Archive:
        """The archive, as it was noted. Raises FigError; then it has to be made again."""
        noted = self.record.done("archive")
        assert noted is not None
        try:
            return archive.checked(Path(noted["path"]), noted["sha256"])
        except Damaged as error:
            self.record.forget(AGAIN)
            raise Damaged(f"{error}. {_ONCE_MORE}") from None

    def _held_against(self, made: Archive) -> None:
        try:
            dropping.same(self.server, self.database, made.sums)
        except Changed as error:
            self.record.forget(AGAIN)
            raise Changed(f"{error}. {_ONCE_MORE}") from None


_ONCE_MORE = "The database was not dropped; the next `fig farewell` archives it again"


@dataclass(frozen=True, slots=True)
class Farewell:
    """Of the shop that runs here."""

    home: Home
    found: StackState
    inside: InDatabase

    def steps(self) -> tuple[Step, ...]:
        """All of them, in order. What PostgreSQL says of a step is raised as FigError."""
        return (
            Step("routes", "take legacy out of the route file", self._routes),
            Step("stop", "stop the monolith and the feed, for good", self._stop),
            *(_said(step) for step in self.inside.steps()),
            Step("bus", "delete the feed's streams in NATS, with who reads them", self._forget),
            Step("journal", "enter it in the facade's journal", self._enter),
        )

    def _routes(self) -> Facts:
        taken = leaving.without_legacy(self.found)
        words = "legacy is out of the route file" if taken else "legacy was out of the route file"
        return {WORDS: f"{words}: what no route names is 404"}

    def _stop(self) -> Facts:
        ended = leaving.stop(self.home, self.found, self.inside.path)
        return {WORDS: f"ended for good: {_names(ended)}"}

    def _forget(self) -> Facts:
        gone = bus.forget(nats_url(access.place(self.home, self.found)))
        return {WORDS: f"streams: {_names(gone)}"}

    def _enter(self) -> Facts:
        noted = self.inside.record.done("archive")
        assert noted is not None
        leaving.enter(
            self.found,
            f"the monolith has ended and its database is dropped; archive {noted['path']},"
            f" SHA-256 {noted['sha256']}, {noted['rows']:,} rows in {noted['tables']} tables,"
            " restored on trial and equal",
        )
        return {WORDS: "the facade's journal says so"}


def _said(step: Step) -> Step:
    """The step; what PostgreSQL says in its own words -> FigError."""

    def act(inner: Callable[[], Facts] = step.act) -> Facts:
        try:
            return inner()
        except psycopg.Error as error:
            said = str(error).strip().splitlines()
            raise FigError(
                f"step '{step.name}': PostgreSQL says {said[0] if said else type(error).__name__};"
                " when that is mended, `fig farewell` goes on"
            ) from error

    return Step(step.name, step.will, act)


def _names(names: list[str]) -> str:
    return ", ".join(names) or "none"


__all__ = ["DATABASE", "Farewell", "InDatabase"]
