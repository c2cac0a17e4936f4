"""The entry `promote`, of a route and of the section `facade`."""

from facade.routes.config.routefile import Promote
from facade.routes.file.kinds.quantities import Share
from facade.routes.file.kinds.structures import Field, Record

PROMOTE = Record(
    Promote,
    {
        "canary": Field(Share(), "Answers that may be wrong on a step to canary; else 5%."),
        "new": Field(Share(), "The same on a step to new or retired; else 1%."),
    },
)
