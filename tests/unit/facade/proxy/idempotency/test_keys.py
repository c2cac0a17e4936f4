"""What is remembered of a key, by several workers."""

from pathlib import Path

import pytest

from facade.proxy.idempotency.keys import (
    Claim,
    Keys,
    Stored,
    Verdict,
    digest_of,
    fingerprint_of,
)
from facade.runtime.memory import Memory

KEY = digest_of(b"sara", b"k1")
PRINT = fingerprint_of(b"POST", b"/order", b"{}")
ANSWER = Stored(201, "Created", b"A: b\r\n", b"\x00body\n")


@pytest.fixture
def memories(tmp_path: Path) -> list[Memory]:
    return [Memory(tmp_path / "memory") for _ in range(2)]


@pytest.fixture
def workers(memories: list[Memory]) -> list[Keys]:
    return [Keys(memory) for memory in memories]


def test_a_key_is_new_then_running_then_done(workers: list[Keys]) -> None:
    one, two = workers
    assert one.claim(KEY, PRINT, "new") == Claim(Verdict.SEND, "new")
    for keys in workers:
        assert keys.claim(KEY, PRINT, "legacy") == Claim(Verdict.RUNNING, "new")
    one.done(KEY, PRINT, "new", ANSWER)
    assert two.claim(KEY, PRINT, "legacy") == Claim(Verdict.DONE, "new", ANSWER)


@pytest.mark.parametrize("state", ["running", "unknown", "done"])
def test_another_request_is_distinguished_in_every_state(workers: list[Keys], state: str) -> None:
    one, two = workers
    one.claim(KEY, PRINT, "new")
    if state == "unknown":
        one.unknown(KEY, PRINT, "new")
    if state == "done":
        one.done(KEY, PRINT, "new", None)
    other = fingerprint_of(b"POST", b"/order", b"[]")
    assert two.claim(KEY, other, "new").verdict is Verdict.OTHER


def test_a_released_key_is_new(workers: list[Keys]) -> None:
    one, two = workers
    one.claim(KEY, PRINT, "new")
    one.release(KEY)
    assert two.claim(KEY, PRINT, "legacy") == Claim(Verdict.SEND, "legacy")


def test_what_is_not_known_is_repeated_once_at_a_time(workers: list[Keys]) -> None:
    one, two = workers
    one.claim(KEY, PRINT, "new")
    one.unknown(KEY, PRINT, "new")
    assert two.claim(KEY, PRINT, "legacy") == Claim(Verdict.REPEAT, "new")
    assert one.claim(KEY, PRINT, "legacy") == Claim(Verdict.RUNNING, "new")


def test_a_dead_worker_leaves_its_keys_to_the_side_it_asked_last(
    memories: list[Memory], workers: list[Keys]
) -> None:
    one, two = workers
    one.claim(KEY, PRINT, "new")
    one.sent_to(KEY, PRINT, "legacy")
    memories[0].close()
    assert two.claim(KEY, PRINT, "new") == Claim(Verdict.REPEAT, "legacy")


def test_an_answer_that_was_not_kept_is_done_all_the_same(workers: list[Keys]) -> None:
    one, two = workers
    one.claim(KEY, PRINT, "new")
    one.done(KEY, PRINT, "new", None)
    assert two.claim(KEY, PRINT, "new") == Claim(Verdict.DONE, "new", None)


def test_persons_and_keys_are_not_mixed_up() -> None:
    assert digest_of(b"ab", b"c") != digest_of(b"a", b"bc")
