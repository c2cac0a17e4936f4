"""Act 5: the windows close, legacy is retired and deleted, and people go on shopping."""

from __future__ import annotations

from fig.demo.script.actions import CloseWindow, Farewell, Retire
from fig.demo.script.conditions import Lively
from fig.demo.script.pace import DOMAINS, Pace
from fig.demo.script.step import Act, Step


def end(pace: Pace) -> Act:
    closing = tuple(
        Step(
            f"close-{domain}",
            f"The window of {domain} closes",
            "both sides are compared once more; from now on legacy is not kept current, and there "
            "is no way back",
            CloseWindow(domain),
            within=240,
        )
        for domain in DOMAINS
    )
    return Act(
        5,
        "The monolith is deleted",
        "Nothing needs it any more, and this is measured: its routes are retired, its database is "
        "archived, the archive is restored as a test, and the database is dropped. People go on "
        "shopping.",
        (
            *closing,
            Step(
                "retired",
                "Every route is retired",
                f"only when nothing has needed legacy for {pace.horizon:.0f} s; a real shop waits "
                "for a week, a month's end, the yearly report",
                Retire(pace.horizon),
                within=180,
            ),
            Step(
                "farewell",
                "Farewell",
                "fig farewell stops the monolith and its feed, archives its database, restores the "
                "archive as a test, and drops database, slots and roles",
                Farewell(),
                within=240,
            ),
            Step(
                "without",
                "A shop without a monolith",
                "people browse, order, log in and open accounts, in the app and on the pages; the "
                "figures count from here",
                until=Lively(),
                hold=pace.without,
                within=pace.without + 60,
            ),
        ),
    )
