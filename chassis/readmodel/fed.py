"""A service's read model as part of its process: the projection, its watermark, its gauge."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from prometheus_client import Gauge

from chassis.ownership.closed.followed import Followed
from chassis.process.assembly import Ground
from chassis.process.service import Background
from chassis.readmodel.other_side import OtherSide
from chassis.readmodel.projection import FeedProjection, Model
from chassis.readmodel.watermark import NoFeed, Watermark
from chassis.web.app import Readiness
from chassis.web.client import HttpClient


@dataclass(frozen=True, slots=True)
class Fed:
    """What a composition root passes on of the read model."""

    watermark: Watermark
    background: Sequence[Background]
    ready: Readiness


async def _nothing_wrong() -> None:
    return None


def fed(
    ground: Ground,
    model: Model | None,
    delay: Callable[[float], None] | None = None,
    legacy: HttpClient | None = None,
    followed: Followed | None = None,
) -> Fed:
    """The projection of `model`, and gauges of its watermark.

    Without a model the service has no feed, and what its database holds is current. `delay` is
    given the seconds from a commit in legacy to the commit here. `legacy` is asked, while the feed
    stands still, whether it could answer instead. `followed` says when nothing comes from the feed
    any more.
    """
    if model is None:
        return Fed(NoFeed(), (), _nothing_wrong)
    watermark = Watermark()
    name = f"{ground.name}_watermark"
    gauge = Gauge(name, "All before it is in; unix seconds", registry=ground.metrics)
    gauge.set_function(lambda: watermark.micros / 1e6)
    ahead = Gauge(
        f"{ground.name}_feed_clock_ahead_seconds",
        "By how much the feed's clock is ahead of ours; it is believed no further than ours",
        registry=ground.metrics,
    )
    ahead.set_function(lambda: watermark.ahead)
    url = ground.settings.database_url
    projection = FeedProjection(url, ground.nats, model, watermark, delay or (lambda _: None))
    background: list[Background] = [projection.run]
    if followed:
        background.append(partial(followed.free, watermark))
    if legacy:
        other = OtherSide(legacy, watermark)
        watermark.alone = lambda: other.away
        background.append(other.run)
    return Fed(watermark, background, projection.ready)
