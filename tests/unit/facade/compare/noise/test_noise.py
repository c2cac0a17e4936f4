"""Noise is learned from legacy alone, checked by shape, and expires."""

import uuid
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from facade.compare.answers import Answer, Pair
from facade.compare.noise.listening import observe
from facade.compare.noise.noise import EXPIRES_SECONDS, LEAST_ASKED, MEMORY, Observation, RouteNoise
from facade.compare.rules import Rules, compile_rules
from facade.compare.verdict import Verdict, compare

Build = Callable[..., Any]
TODAY = date(2026, 1, 1)
START = datetime(2026, 1, 1, 12, 0, 0)  # noqa: DTZ001 - legacy writes local times


def answers(random: Random) -> Iterator[dict[str, Any]]:
    """A legacy that is never twice the same."""
    at = 0.0
    while True:
        at += random.random()
        yield {
            "sku": "A",
            "stock": 5,
            "at": (START + timedelta(seconds=int(at))).strftime("%Y-%m-%d %H:%M:%S"),
            "id": str(uuid.UUID(int=random.getrandbits(128))),
            "n": round(random.random(), 3),
            "tags": random.sample(["a", "b", "c", "d"], 4),
        }


@pytest.fixture
def learned(pair: Build, answer: Build) -> tuple[RouteNoise, Rules, Pair]:
    """Noise after 60 questions, the rules with it, and a pair to vary."""
    noise, legacy = RouteNoise(), answers(Random(5))
    for number in range(60):
        asked = pair(answer(next(legacy)), answer({}))
        seen = observe(asked, answer(next(legacy)), compile_rules(), TODAY)
        assert seen is not None
        noise.learn(seen, float(number))
    return noise, compile_rules(noise=noise.mask(60.0)), pair(answer(next(legacy)), answer({}))


def judged(
    rules: Rules, one: dict[str, Any], answer: Build, pair: Build, **changes: Any
) -> list[str]:
    verdict: Verdict = compare(pair(answer(one), answer(one | changes)), rules, TODAY)
    return [f"{found.kind} {found.path}" for found in verdict.differences]


def test_noisy_places_are_found_and_quiet_ones_are_not(learned: Any) -> None:
    noise, _, _ = learned
    found = {(place.kind, place.path) for place in noise.noisy(60.0)}
    assert found == {("value", "$.at"), ("value", "$.id"), ("value", "$.n"), ("order", "$.tags")}
    assert all(noise.confidence(place) > 0.3 for place in noise.noisy(60.0))


ONE = {
    "sku": "A",
    "stock": 5,
    "at": "2026-01-01 12:00:00",
    "id": str(uuid.uuid4()),
    "n": 0.5,
    "tags": ["a", "b"],
}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"at": "2026-01-01 12:00:01"}, []),
        ({"at": "2026-01-01 13:00:00"}, ["value $.at"]),  # an hour off is no noise
        ({"at": None}, ["type $.at"]),
        ({"at": ""}, ["value $.at"]),
        ({"at": "2026-01-01T12:00:01"}, ["value $.at"]),
        ({"id": str(uuid.uuid4())}, []),
        ({"id": "none"}, ["value $.id"]),
        ({"n": 0.9}, []),
        ({"n": 90.0}, ["value $.n"]),
        ({"tags": ["b", "a"]}, []),
        ({"tags": ["b"]}, ["missing $.tags[*]"]),
        ({"stock": 4}, ["value $.stock"]),
    ],
)
def test_a_noisy_place_is_compared_by_shape(
    learned: Any, pair: Build, answer: Build, changes: dict[str, Any], expected: list[str]
) -> None:
    assert judged(learned[1], ONE, answer, pair, **changes) == expected


def test_two_legacies_are_equal_once_noise_is_known(
    learned: Any, pair: Build, answer: Build
) -> None:
    _, rules, _ = learned
    legacy = answers(Random(99))
    wrong = 0
    for _ in range(500):
        first = next(legacy)
        verdict = compare(pair(answer(first), answer(next(legacy))), rules, TODAY)
        wrong += bool(verdict.differences)
    assert wrong == 0


def test_rare_changes_are_races_not_noise(pair: Build, answer: Build) -> None:
    noise = RouteNoise()
    for number in range(200):
        again = {"stock": 4 if number % 25 == 0 else 5}
        seen = observe(
            pair(answer({"stock": 5}), answer({})), answer(again), compile_rules(), TODAY
        )
        assert seen is not None
        noise.learn(seen, float(number))
    assert noise.noisy(200.0) == []


def differs(path: str = "$.a") -> list[Any]:
    return [Observation("value", path, ("text", "text"), None)]


def test_few_questions_prove_nothing() -> None:
    noise = RouteNoise()
    for number in range(LEAST_ASKED - 1):
        noise.learn(differs(), float(number))
    assert noise.noisy(10.0) == []
    noise.learn(differs(), 10.0)
    assert [place.path for place in noise.noisy(10.0)] == ["$.a"]


def test_a_place_that_became_quiet_is_forgotten() -> None:
    noise = RouteNoise()
    for number in range(100):
        noise.learn(differs(), float(number))
    assert noise.noisy(99.0 + EXPIRES_SECONDS)
    assert not noise.noisy(100.0 + EXPIRES_SECONDS)
    for number in range(5 * MEMORY):
        noise.learn([], 200.0 + number)
    assert noise.places == []


def test_what_cannot_be_compared_teaches_nothing(pair: Build, answer: Build) -> None:
    asked = pair(answer({}), answer({}))
    assert observe(asked, answer({}, 404), compile_rules(), TODAY) is None
    assert observe(asked, Answer(0, error="closed"), compile_rules(), TODAY) is None
    coded = answer(b"x", content_encoding="zstd")
    assert observe(asked, coded, compile_rules(), TODAY) is None
