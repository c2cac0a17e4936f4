"""Waiting for the workers of a running facade, with a clock of our own."""

from collections.abc import Iterator
from pathlib import Path

from facade.commands.confirm import Confirmation, Status, confirm

FILE = Path("routes.yaml")


def status(*versions: str, errors: tuple[str, ...] = ()) -> Status:
    return {
        "file": str(FILE.resolve()),
        "reload": {"ok": not errors, "errors": list(errors)},
        "workers": [{"id": n, "version": version} for n, version in enumerate(versions)],
    }


def ask(answers: list[Status | None], *, insist: bool = False) -> Confirmation:
    """Confirm `v2`; the last answer is repeated, and time passes only by sleeping."""
    now = 0.0

    def each() -> Iterator[Status | None]:
        yield from answers
        while True:
            yield answers[-1]

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    source = each()
    return confirm(
        "v2", FILE, fetch=lambda: next(source), clock=lambda: now, sleep=sleep, insist=insist
    )


def test_all_workers_decide_by_it() -> None:
    answer = ask([status("v1", "v1"), status("v1", "v2"), status("v2", "v2")])
    assert (answer.state, answer.workers) == ("applied", 2)
    assert 0 < answer.seconds < 0.1


def test_nobody_answers() -> None:
    assert ask([None]).state == "absent"


def test_who_insists_waits_for_an_answer() -> None:
    assert ask([None, None, status("v2")], insist=True).state == "applied"
    assert ask([None], insist=True).state == "absent"


def test_another_file() -> None:
    other = status("v1") | {"file": "/elsewhere/routes.yaml"}
    assert ask([other]) == Confirmation("elsewhere", detail="/elsewhere/routes.yaml")


def test_a_worker_that_does_not_follow() -> None:
    answer = ask([status("v2", "v1")])
    assert (answer.state, answer.workers, answer.detail) == ("late", 1, "1 of 2")
    assert 5 < answer.seconds < 5.1


def test_a_facade_without_workers_has_not_applied_anything() -> None:
    assert ask([status()]).state == "late"


def test_a_file_that_the_master_refuses() -> None:
    answer = ask([status("v1", errors=("routes.yaml:1:1: stage: no",))])
    assert (answer.state, answer.detail) == ("refused", "routes.yaml:1:1: stage: no")
    assert answer.seconds < 2


def test_an_older_verdict_is_waited_out() -> None:
    answer = ask([status("v1", errors=("an older file",)), status("v2")])
    assert answer.state == "applied"


def test_a_moment_without_an_answer_is_outlasted() -> None:
    assert ask([status("v1"), None, None, status("v2")]).state == "applied"


def test_a_worker_that_nobody_hears_is_late() -> None:
    """A control process that has just started knows one of two."""
    heard = status("v2") | {"workers_wanted": 2}
    answer = ask([heard])
    assert (answer.state, answer.workers, answer.detail) == ("late", 1, "1 of 2")
    both = status("v2", "v2") | {"workers_wanted": 2}
    assert ask([heard, both]).state == "applied"
