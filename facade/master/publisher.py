"""Judge the route file and publish good ones: the only process that reads what was edited.

`<runtime>/table.yaml` is the table in force, written by rename; `<runtime>/reload.json` says how
the last look at the route file went. A bad file changes nothing but the latter. At the start the
file is judged as at any other time, against what was in force when the facade stopped.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import orjson

from chassis.process.files import write_whole
from facade.master.starting import Start, before_start, judge_start
from facade.proxy.tls.checking import check_certificates, check_change
from facade.routes.config.routefile import RouteFile
from facade.routes.file.changes import changes
from facade.routes.file.edit.flip import FlipRefused
from facade.routes.file.problems import RouteFileError
from facade.routes.file.reading import Loaded, load, load_path
from facade.routes.file.steps import check_steps, with_addresses
from facade.routes.file.waiting import NotCaughtUp, check_lags
from facade.routes.leaving import lost
from facade.runtime.accepted import Accepted, read_accepted, write_accepted
from facade.runtime.lags import read_lags
from facade.runtime.override import OVERRIDE, overridden, read_override, remove_override
from facade.runtime.statefolder import forget_steps

log = logging.getLogger("facade.reload")

TABLE, RELOAD, INSTANCES = "table.yaml", "reload.json", "instances.json"
AGAIN_SECONDS = 1.0  # how often a file that came too early, or is gone, is looked at again
HELD_SECONDS = 1.0


class Publisher:
    """Holds the file in force."""

    def __init__(
        self,
        routes: Path,
        runtime: Path,
        addresses: dict[str, tuple[str, ...]],
        clock: Callable[[], float],
        force: str = "",
    ) -> None:
        """`clock` gives unix seconds; `addresses` replace those of the file.

        `force` is the reason why the first file counts whatever was in force before.
        """
        self._routes, self._runtime = routes, runtime
        self._addresses = addresses
        self._clock = clock
        self._start = Start(routes, force, lambda: read_lags(runtime), clock)
        self._before: RouteFile | None = None  # what the steps of the next edit are judged against
        self._declared: Loaded | None = None  # what the operator's file says
        self._data = b""  # its bytes
        self._in_force: Loaded | None = None  # the same, but for what overrides it
        self._early: bytes | None = None  # the file, while a step in it waits for a read model
        self._held: tuple[bytes, float] | None = None  # what may be half a file, and since when
        self._away_since: float | None = None  # the file cannot be read
        self._looked_at = clock()
        self._judged_at = 0.0
        self._errors: list[str] = []  # of the last edit

    def first(self) -> bytes:
        """Publish the file as it is now; raises RouteFileError when it cannot be used."""
        try:
            data = self._routes.read_bytes()
        except OSError:
            load_path(self._routes)  # says so, as for every other use of the file
            raise
        loaded = self._judge(data)
        check_certificates(loaded, self._now())
        was = read_accepted(self._runtime, self._routes.name)
        if was is None or was.loaded.file.version == loaded.file.version:
            self._settle(loaded, data)
            return data
        try:
            judge_start(self._start, loaded, was)
        except RouteFileError as error:
            self._stay(was, error)
            self._early = data if isinstance(error, NotCaughtUp) else None
            return data
        self._edited(loaded, data)
        _say_changes(was.loaded, loaded)
        return data

    def _stay(self, was: Accepted, error: RouteFileError) -> None:
        """Go on with what was in force when the facade stopped. Raises the error if it cannot."""
        try:
            with_addresses(was.loaded.file, self._addresses)
        except KeyError:
            raise error from None
        self._publish(was.loaded, was.data)
        self._before = before_start(self._start, was)
        self._refuse(error)

    def offer(self, data: bytes) -> bool:
        """The file has these bytes now: publish them, or log why not. Returns whether it did.

        A file that loses routes, or ends without a newline, may be half of one that is being
        written: it is held until it has stayed the same for HELD_SECONDS.
        """
        self._held = None
        why = self._unfinished(data)
        if why:
            self._held = data, self._clock()
            self._report([f"{self._routes.name}: {why}: taken once it stays so for a second"])
            return False
        return self._take(data)

    def _unfinished(self, data: bytes) -> str:
        """Why this may be half a file; "" where it is not, or is wrong anyway."""
        if self._in_force is None:
            return ""
        try:
            after = load(data, self._routes.name).file
        except RouteFileError:
            return ""
        gone = lost(self._in_force.file, after)
        if gone:
            return f"routes are gone ({', '.join(gone)})"
        return "" if data.endswith(b"\n") else "it ends without a newline"

    def _take(self, data: bytes) -> bool:
        try:
            loaded = self._judge(data)
        except RouteFileError as error:
            self._early = data if isinstance(error, NotCaughtUp) else None
            self._refuse(error)
            return False
        self._edited(loaded, data)
        return True

    def reconsider(self) -> bool:
        """Publish a file that was held, or came too early; say that it is gone. Cheap to ask."""
        now = self._clock()
        if now - self._looked_at >= AGAIN_SECONDS:
            self._looked_at = now
            self._look(now)
        if self._held is not None:
            data, since = self._held
            if now - since < HELD_SECONDS:
                return False
            self._held = None
            return self._take(data)
        if self._early is None or self._clock() - self._judged_at < AGAIN_SECONDS:
            return False
        try:
            loaded = self._judge(self._early)
        except RouteFileError as error:
            self._report(error.lines)  # how far behind it is by now; the log has the first word
            return False
        self._edited(loaded, self._early)
        return True

    def _look(self, now: float) -> None:
        """Say once that there is no file, and when it is back."""
        if self._routes.exists():
            if self._away_since is not None:
                self._away_since = None
                log.info("%s is back", self._routes)
                self._report(self._errors)
        elif self._away_since is None:
            self._away_since = now
            line = f"{self._routes.name}: the file is gone; the last one stays in force"
            log.error("%s", line)
            self._write([line])

    def _refuse(self, error: RouteFileError) -> None:
        for line in error.lines:
            log.error("%s", line)
        self._report(error.lines)

    def _judge(self, data: bytes) -> Loaded:
        self._judged_at = self._clock()
        loaded = load(data, self._routes.name)
        if self._before is not None and self._in_force is not None:
            check_steps(loaded, self._before)
            check_change(loaded, self._before, self._now())
            check_lags(loaded, self._in_force.file, read_lags(self._runtime), self._clock())
        with_addresses(loaded.file, self._addresses)
        return loaded

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)

    def override(self, _data: bytes) -> None:
        """An override was written: publish the file in force again, with the override."""
        if self._declared is not None:
            self._put_in_force(self._declared, self._data)
            self._report(self._errors)  # of a later edit, which is refused as before

    def _edited(self, loaded: Loaded, data: bytes) -> None:
        """A good edit ends what counted in place of the file, also where it says the same again."""
        remove_override(self._runtime)
        self._settle(loaded, data)

    def _settle(self, loaded: Loaded, data: bytes) -> None:
        """The route file is in force as it is, and what comes is judged against it."""
        self._publish(loaded, data)
        write_accepted(self._runtime, self._routes, data)
        forget_steps(self._routes)

    def _publish(self, loaded: Loaded, data: bytes) -> None:
        self._declared, self._data, self._early = loaded, data, None
        self._before = loaded.file
        for line in loaded.warning_lines:
            log.warning("%s", line)
        self._put_in_force(loaded, data)
        self._report([])

    def _put_in_force(self, loaded: Loaded, data: bytes) -> None:
        before, (self._in_force, data) = self._in_force, self._overridden(loaded, data)
        write_whole(self._runtime / TABLE, data)
        file = self._in_force.file
        log.info("table %s is in force: %d routes", file.version, len(file.routes))
        if before is not None:
            _say_changes(before, self._in_force)

    def _overridden(self, loaded: Loaded, data: bytes) -> tuple[Loaded, bytes]:
        """The table in force: the file, or the override until the file is edited."""
        override = read_override(self._runtime)
        try:
            now = overridden(data, override)
        except (FlipRefused, RouteFileError) as error:
            log.error("%s cannot be used: %s", OVERRIDE, error)
            return loaded, data
        if now == data:
            return loaded, data
        log.warning("%s counts until the file is edited: %s", OVERRIDE, override and override.why)
        return load(now, self._routes.name), now

    def _report(self, errors: list[str]) -> None:
        self._errors = errors
        self._write(errors)

    def _write(self, errors: list[str]) -> None:
        in_force = self._in_force
        verdict = {
            "ok": not errors,
            "errors": errors,
            "at": self._clock(),
            "version": in_force.file.version if in_force else None,
        }
        write_whole(self._runtime / RELOAD, orjson.dumps(verdict))


def _say_changes(before: Loaded, after: Loaded) -> None:
    for line in changes(before.file, after.file):
        fields = {"event": "reloaded", "table": after.file.version, "change": line}
        log.info("%s", line, extra={"event": fields})
