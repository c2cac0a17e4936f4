"""The JSON of the admin API. Times are unix seconds, latencies milliseconds, shares 0..1.

`legacy` is the control and `new` the candidate, whoever answered the client.
"""

from facade.control.admin.models.evidence import (
    CauseView,
    ClassView,
    ClusterView,
    Comparison,
    ExpectedView,
    Fact,
    NoiseView,
    Note,
    Rechecks,
    Reset,
    RouteComparison,
    Told,
    VersionView,
    WindowView,
)
from facade.control.admin.models.status import (
    CompareSums,
    LagView,
    Percentiles,
    Reload,
    RouteStatus,
    RouteView,
    ShapeStatus,
    Status,
    Totals,
    UnmatchedStatus,
    UpstreamView,
    WorkerView,
)

__all__ = [
    "CauseView",
    "ClassView",
    "ClusterView",
    "CompareSums",
    "Comparison",
    "ExpectedView",
    "Fact",
    "LagView",
    "NoiseView",
    "Note",
    "Percentiles",
    "Rechecks",
    "Reload",
    "Reset",
    "RouteComparison",
    "RouteStatus",
    "RouteView",
    "ShapeStatus",
    "Status",
    "Told",
    "Totals",
    "UnmatchedStatus",
    "UpstreamView",
    "VersionView",
    "WindowView",
    "WorkerView",
]
