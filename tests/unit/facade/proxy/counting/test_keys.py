"""Who asks a watched route, by bucket; and that no other route pays for it."""

from base64 import b64decode
from collections.abc import Callable

from facade.proxy.counting.keys import GENERATION_SECONDS, KeyCounts
from facade.routes.decision import bucket_of
from tests.unit.facade.proxy.conftest import Rig

ROUTES = """
upstreams:
  legacy: {{url: "http://legacy.test:1000"}}
  fresh:  {{url: "http://new.test:2000"}}
routes:
  - name: watched
    match: "* /w/{{rest*}}"
    new: fresh
    stage: {stage}
    key: ["header:who"]
    seed: s
    compare: {{sample: 0%}}
    guard: {{max_error_ratio: 2, on_breach: shadow}}
  - {{name: plain, match: "* /p/{{rest*}}", new: fresh, stage: canary, percent: 50}}
"""


def buckets(seen: str) -> set[int]:
    bits = b64decode(seen)
    return {bucket for bucket in range(10_000) if bits[bucket >> 3] >> (bucket & 7) & 1}


def ask(rig: Rig, path: str, who: str | None) -> None:
    header = f"who: {who}\r\n" if who else ""
    rig.client().send(f"GET {path} HTTP/1.1\r\nHost: shop\r\n{header}\r\n".encode())


def test_buckets_are_counted_and_the_one_that_asks_most_is_known() -> None:
    keys = KeyCounts("s", 500)
    for bucket in (7, 9_999, 7, 7, 123):
        keys.add(bucket)
    shown = keys.snapshot()
    assert buckets(shown["seen"]) == {7, 123, 9_999}
    assert (shown["requests"], shown["squares"], shown["top"]) == (5, 9 + 1 + 1, [7, 3])


def test_who_did_not_ask_for_an_hour_is_let_go() -> None:
    now = [0.0]
    keys = KeyCounts("s", 500, lambda: now[0])
    keys.add(1)
    now[0] += GENERATION_SECONDS + 1
    assert buckets(keys.snapshot()["seen"]) == {1}
    keys.add(2)
    now[0] += GENERATION_SECONDS + 1
    assert buckets(keys.snapshot()["seen"]) == {2}


def test_a_watched_route_counts_keys_in_each_stage_but_the_last(
    make_rig: Callable[..., Rig],
) -> None:
    for stage in ("legacy", "shadow", "canary\n    percent: 25"):
        rig = make_rig(ROUTES.format(stage=stage))
        for who in ("anna", "ben", "anna", None):
            ask(rig, "/w/x", who)
        ask(rig, "/p/x", "anna")
        shown = rig.gateway.snapshot()["keys"]
        assert list(shown) == ["watched"]
        assert buckets(shown["watched"]["seen"]) == {bucket_of("s", "anna"), bucket_of("s", "ben")}
        assert (shown["watched"]["requests"], shown["watched"]["keyless"]) == (3, 1)
    rig = make_rig(ROUTES.format(stage="new"))
    ask(rig, "/w/x", "anna")
    assert rig.gateway.snapshot()["keys"] == {}


def test_another_percentage_begins_again(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig(ROUTES.format(stage="canary\n    percent: 25"))
    ask(rig, "/w/x", "anna")
    rig.use(ROUTES.format(stage="canary\n    percent: 50"))
    ask(rig, "/w/x", "ben")
    shown = rig.gateway.snapshot()["keys"]["watched"]
    assert (shown["threshold"], shown["requests"]) == (5_000, 1)
