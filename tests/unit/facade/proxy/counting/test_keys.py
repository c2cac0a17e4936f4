"""Who asks a watched route, by bucket; and that no other route pays for it."""

from base64 import b64decode
from collections.abc import Callable

from facade.proxy.counting.keys import GENERATION_SECONDS, KeyCounts
from facade.routes.decision import bucket_of
from tests.unit.facade.proxy.conftest import Door

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


def ask(door: Door, path: str, who: str | None) -> None:
    header = f"who: {who}\r\n" if who else ""
    door.client().send(f"GET {path} HTTP/1.1\r\nHost: shop\r\n{header}\r\n".encode())


def test_buckets_are_counted_and_the_one_that_asks_most_is_known() -> None:
    keys = KeyCounts("s", 500)
    for bucket in (7, 9_999, 7, 7, 123):
        keys.add(bucket)
    told = keys.snapshot()
    assert buckets(told["seen"]) == {7, 123, 9_999}
    assert (told["requests"], told["squares"], told["top"]) == (5, 9 + 1 + 1, [7, 3])


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
    make_door: Callable[..., Door],
) -> None:
    for stage in ("legacy", "shadow", "canary\n    percent: 25"):
        door = make_door(ROUTES.format(stage=stage))
        for who in ("anna", "ben", "anna", None):
            ask(door, "/w/x", who)
        ask(door, "/p/x", "anna")
        told = door.gateway.snapshot()["keys"]
        assert list(told) == ["watched"]
        assert buckets(told["watched"]["seen"]) == {bucket_of("s", "anna"), bucket_of("s", "ben")}
        assert (told["watched"]["requests"], told["watched"]["keyless"]) == (3, 1)
    door = make_door(ROUTES.format(stage="new"))
    ask(door, "/w/x", "anna")
    assert door.gateway.snapshot()["keys"] == {}


def test_another_percentage_begins_anew(make_door: Callable[..., Door]) -> None:
    door = make_door(ROUTES.format(stage="canary\n    percent: 25"))
    ask(door, "/w/x", "anna")
    door.use(ROUTES.format(stage="canary\n    percent: 50"))
    ask(door, "/w/x", "ben")
    told = door.gateway.snapshot()["keys"]["watched"]
    assert (told["threshold"], told["requests"]) == (5_000, 1)
