"""Judge the route file and publish good ones: the only process that reads what was edited.

`<runtime>/table.yaml` is the table in force, written by rename; `<runtime>/reload.json` says how
the last look at the route file went. A bad file changes nothing but the latter.
"""

import logging
from collections.abc import Callable
from pathlib import Path

import orjson

from chassis.process.files import write_whole
from facade.routes.file.changes import changes
from facade.routes.file.problems import RouteFileError
from facade.routes.file.reading import Loaded, load, load_path
from facade.routes.file.steps import check_steps, with_addresses
from facade.routes.file.waiting import NotCaughtUp, check_lags
from facade.runtime.lags import read_lags

log = logging.getLogger("facade.reload")

TABLE, RELOAD, INSTANCES = "table.yaml", "reload.json", "instances.json"
AGAIN_SECONDS = 1.0  # a file that came too early is judged anew so often


class Publisher:
    """Holds the file in force."""

    def __init__(
        self,
        routes: Path,
        runtime: Path,
        addresses: dict[str, tuple[str, ...]],
        clock: Callable[[], float],
    ) -> None:
        """`clock` gives unix seconds; `addresses` replace those of the file."""
        self._routes, self._runtime = routes, runtime
        self._addresses = addresses
        self._clock = clock
        self._in_force: Loaded | None = None
        self._early: bytes | None = None  # the file, while a step in it waits for a read model
        self._judged_at = 0.0

    def first(self) -> bytes:
        """Publish the file as it is now; raises RouteFileError when it cannot be used."""
        try:
            data = self._routes.read_bytes()
        except OSError:
            load_path(self._routes)  # says so, as for every other use of the file
            raise
        self._publish(self._judge(data), data)
        return data

    def offer(self, data: bytes) -> bool:
        """The file has these bytes now: publish them, or say why not. Returns whether it did."""
        try:
            loaded = self._judge(data)
        except RouteFileError as error:
            self._early = data if isinstance(error, NotCaughtUp) else None
            for line in error.lines:
                log.error("%s", line)
            self._report(error.lines)
            return False
        self._publish(loaded, data)
        return True

    def reconsider(self) -> bool:
        """Publish a file that came too early, once the read model has caught up; cheap to ask."""
        if self._early is None or self._clock() - self._judged_at < AGAIN_SECONDS:
            return False
        try:
            loaded = self._judge(self._early)
        except RouteFileError as error:
            self._report(error.lines)  # how far behind it is by now; the log has the first word
            return False
        self._publish(loaded, self._early)
        return True

    def _judge(self, data: bytes) -> Loaded:
        self._judged_at = self._clock()
        loaded = load(data, self._routes.name)
        if self._in_force is not None:
            check_steps(loaded, self._in_force.file)
            check_lags(loaded, self._in_force.file, read_lags(self._runtime), self._clock())
        with_addresses(loaded.file, self._addresses)
        return loaded

    def _publish(self, loaded: Loaded, data: bytes) -> None:
        write_whole(self._runtime / TABLE, data)
        before, self._in_force, self._early = self._in_force, loaded, None
        for line in loaded.warning_lines:
            log.warning("%s", line)
        log.info("table %s is in force: %d routes", loaded.file.version, len(loaded.file.routes))
        if before is not None:
            _say_changes(before, loaded)
        self._report([])

    def _report(self, errors: list[str]) -> None:
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
