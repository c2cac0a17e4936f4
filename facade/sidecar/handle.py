"""What commands do with a sidecar, whether it runs or not: find it, give it a plan, wait for it."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from chassis.process.files import read_object, write_whole
from chassis.process.lifetime import Lifetime
from chassis.registry import redirects
from facade.sidecar.folder import Folder
from facade.sidecar.guardian import SETTLE_SECONDS
from facade.sidecar.plan.plan import Plan, plan_text
from facade.sidecar.plan.reading import BadPlan, parse_plan

POLL_SECONDS = 0.05
START_SECONDS = 30.0
STOP_SECONDS = 25.0  # longer than the guardian takes with a proxy that does not end
TAKE_SECONDS = 3.0
TAIL_LINES = 8


class SidecarError(Exception):
    """What was asked did not work out; the message says why."""


class Handle:
    """A sidecar by its folder."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder

    def guardian(self) -> Lifetime | None:
        """Who keeps it up; None while it is off."""
        found = read_object(self.folder.guardian)
        try:
            one = Lifetime(int(found["pid"]), int(found["started"])) if found else None
        except (KeyError, TypeError, ValueError):
            return None
        return None if one is None or one.ended else one

    def status(self) -> dict[str, Any] | None:
        """What the proxy says of itself; None while it is off or not up yet."""
        return read_object(self.folder.status) if self.guardian() else None

    def status_now(self) -> dict[str, Any] | None:
        """As `status`, but written after this call began: it counts whatever ended before. The last
        one there is where the proxy stays silent."""
        called, until = time.time(), time.monotonic() + TAKE_SECONDS
        while (found := self.status()) is not None:
            if found["at"] > called or time.monotonic() > until:
                break
            time.sleep(POLL_SECONDS)
        return found

    def wait_until_up(self, ended: Callable[[], bool]) -> dict[str, Any]:
        """Its first status. Raises SidecarError with the end of its log."""
        return self._wait("the sidecar does not come up", ended, lambda _listen: True)

    def wait_until_lent(self, runtime: Path, ended: Callable[[], bool]) -> None:
        """Until it has legacy's place, and those who call legacy have seen that.

        Raises SidecarError with the end of its log.
        """
        self._wait(
            "legacy's place is not lent to the sidecar",
            ended,
            lambda listen: _lent_to(runtime) == f"http://{listen}",
        )
        time.sleep(SETTLE_SECONDS)

    def _wait(
        self, failure: str, ended: Callable[[], bool], met: Callable[[str], bool]
    ) -> dict[str, Any]:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and not ended():
            status = self.status()
            if status is not None and status["listen"] and met(status["listen"]):
                return status
            time.sleep(POLL_SECONDS)
        raise SidecarError(f"{failure}; {self.folder.log} says:\n{self._tail()}")

    def stop(self) -> bool:
        """Ask it to end and wait; False when none ran. Raises SidecarError."""
        guardian = self.guardian()
        if guardian is None:
            return False
        os.kill(guardian.pid, signal.SIGTERM)
        until = time.monotonic() + STOP_SECONDS
        while not guardian.ended:
            if time.monotonic() > until:
                raise SidecarError(f"the sidecar (pid {guardian.pid}) does not end")
            time.sleep(POLL_SECONDS)
        return True

    def plan(self) -> Plan:
        """The plan it follows. Raises BadPlan for a file that was edited by hand."""
        try:
            return parse_plan(self.folder.plan.read_bytes())
        except OSError:
            return Plan()

    def apply(self, plan: Plan) -> dict[str, Any] | None:
        """Give it a plan; its status once it has taken it, None while it is off.

        Raises SidecarError when it refuses, or does not answer.
        """
        before = self.status()
        parse_plan(plan_text(plan))
        write_whole(self.folder.plan, plan_text(plan), private=True)
        if before is None:
            return None
        until = time.monotonic() + TAKE_SECONDS
        while time.monotonic() < until:
            status = self.status()
            if status is not None and status["at"] > before["at"] and _has_taken(status, plan):
                return status
            if status is not None and status["at"] > before["at"] and status["plan_errors"]:
                raise SidecarError("; ".join(status["plan_errors"]))
            time.sleep(POLL_SECONDS)
        raise SidecarError("the proxy has not taken the plan yet; `sidecar status` says more")

    def _tail(self) -> str:
        try:
            lines = Path(self.folder.log).read_text(errors="replace").splitlines()
        except OSError:
            return "  (nothing)"
        return "\n".join(f"  {line}" for line in lines[-TAIL_LINES:])


def _lent_to(runtime: Path) -> str | None:
    """The address that has legacy's place just now."""
    try:
        until, addresses = redirects.parse((runtime / redirects.REDIRECTS).read_bytes())
    except (OSError, redirects.BadRedirects):
        return None
    return addresses.get(redirects.LEGACY, [None])[0] if time.time() < until else None


def _has_taken(status: dict[str, Any], plan: Plan) -> bool:
    recording = status["recording"] is not None
    names = [fault["name"] for fault in status["faults"]]
    return (
        not status["plan_errors"]
        and recording is (plan.record is not None)
        and names == [fault.name for fault in plan.faults]
    )


__all__ = ["BadPlan", "Handle", "SidecarError"]
