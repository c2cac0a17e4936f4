"""The entries under `domains`."""

from typing import Any

from facade.routes.config.domainfile import CLOSED, MOVING, NEW, OLD, OPEN, Domain
from facade.routes.file.kinds.structures import Field, Record
from facade.routes.file.kinds.values import Choice


def _domain(**values: Any) -> Domain:
    return Domain(name="", **values)


DOMAIN = Record(
    _domain,
    {
        "owner": Field(
            Choice("owner", (OLD, MOVING, NEW)),
            "The side whose data counts; `fig cutover` changes it.",
            shown=OLD,
        ),
        "window": Field(
            Choice("window", (OPEN, CLOSED)),
            "With owner new: whether legacy is kept current, so that there is a way back.",
            shown=OPEN,
        ),
    },
)
