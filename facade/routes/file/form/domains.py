"""The entries under `domains`."""

from typing import Any

from facade.routes.file.kinds.structures import Field, Record
from facade.routes.file.kinds.values import Choice
from facade.routes.routefile import LEGACY, Domain


def _domain(**values: Any) -> Domain:
    return Domain(name="", **values)


DOMAIN = Record(
    _domain,
    {
        "owner": Field(
            Choice("owner", (LEGACY,)),
            "The side whose data counts; legacy, until a cutover.",
            shown=LEGACY,
        ),
    },
)
