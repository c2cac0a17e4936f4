"""How a request stands with limits, in words."""

from facade.routes.explain import Explanation, Question, explain
from facade.routes.file.reading import load
from facade.routes.limits.limit import Arrival, Found, Limit
from facade.routes.table import compile_table

FILE = b"""
facade: {identity: {ask: /me}}
upstreams: {legacy: {url: http://h}}
limits:
  few: {rate: 10/m, burst: 20, key: ["header:X-Key", person], mode: enforce}
  all: {rate: 1/s, key: [client]}
routes:
  - {name: goods, match: GET /goods, stage: legacy, limits: [few, all]}
  - {name: free, match: GET /free, stage: legacy}
"""
WAIT = 2_500_000_000


def explained(left: int | None, *, path: str = "/goods", **how: object) -> Explanation:
    def standing(limit: Limit, key: Found) -> tuple[str, Arrival | None]:
        return " ".join(key), None if left is None else Arrival(0, left, WAIT)

    question = Question("GET", path, **how)  # type: ignore[arg-type]
    return explain(compile_table(load(FILE).file), question, standing)


def test_what_is_left() -> None:
    few, every = explained(19, headers=(("x-key", "a"),)).limits
    assert (few.name, few.mode, few.rate, few.burst) == ("few", "enforce", "10/m", 20)
    assert (few.key, few.left, few.wait) == ("header:X-Key a", 19, 2.5)
    assert few.sentence == "let through, 19 of 20 left with it"
    assert (every.burst, every.key) == (1, "client 127.0.0.1")
    assert explained(19, path="/free").limits == ()


def test_nothing_left() -> None:
    few, every = explained(-1, person="ada@example.org").limits
    assert few.key == "person ada@example.org"
    assert few.sentence == "refused with 429, for 2.5 s more"
    assert every.sentence == "would be refused for 2.5 s more, and is let through: it only counts"
    assert (few.left, every.left) == (0, 0)


def test_no_key_and_nobody_who_counts() -> None:
    few, every = explained(None).limits
    assert (few.key, few.left) == (None, None)
    assert few.sentence == "the request has none of its keys, and is not counted"
    assert few.keys_tried == ("header:X-Key", "person")
    assert every.sentence == "no facade runs by this file here, so what is left is not known"
    assert explain(compile_table(load(FILE).file), Question("GET", "/goods")).limits[1].left is None
