"""What needed legacy, as the admin port says it."""

from fastapi import FastAPI
from fastapi.testclient import TestClient

from facade.control.absence.watch import Absence
from facade.control.admin.endpoints.absence import absence_router
from facade.control.intake.fleet import Fleet


def test_the_watch_and_its_needs_are_shown() -> None:
    fleet, absence = Fleet(), Absence(1, 100.0)
    worker = fleet.hello({"worker": 0, "pid": 7, "started": 1.0}, 100.0)
    app = FastAPI()
    app.include_router(absence_router(absence))
    counts = {"status": {"legacy": {"2xx": 3}}, "caller": "cron"}
    for clock in (1.0, 2.0, 6.0):
        fleet.take(worker, {"version": "1", "unmatched": {"GET /a": counts}}, 100.0)
        absence.look(fleet, clock, 100.0 + clock)
        counts = {**counts, "caller": ""}
    with TestClient(app) as client:
        assert client.get("/api/absence").json() == {
            "watched": 5.0,
            "since": 101.0,
            "gap": "the control process started",
            "needs": [
                {"kind": "unmatched", "name": "GET /a", "at": 101.0, "quiet": 5.0, "number": 3,
                 "caller": "cron"}
            ],
        }  # fmt: skip
