"""The entries under `domains`."""

from typing import Any

from facade.routes.file.kinds.structures import Field, Record
from facade.routes.file.kinds.values import Choice
from facade.routes.routefile import CLOSED, LEGACY, MOVING, NEW, OPEN, Domain


def _domain(**values: Any) -> Domain:
    return Domain(name="", **values)


DOMAIN = Record(
    _domain,
    {
        "owner": Field(
            Choice("owner", (LEGACY, MOVING, NEW)),
            "The side whose data counts; `fig cutover` changes it.",
            shown=LEGACY,
        ),
        "window": Field(
            Choice("window", (OPEN, CLOSED)),
            "With owner new: whether legacy is kept current, so that there is a way back.",
            shown=OPEN,
        ),
    },
)
