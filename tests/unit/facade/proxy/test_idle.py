"""Work put aside: in the next turn, a share at a time, and none is lost to another's failure."""

from collections.abc import Callable

from facade.proxy.idle import IdleQueue

Turns = list[Callable[[], None]]


def test_it_is_done_in_the_next_turn_and_in_order() -> None:
    turns: Turns = []
    done: list[int] = []
    later = IdleQueue(turns.append)
    for number in range(3):
        later.add(lambda number=number: done.append(number))  # type: ignore[misc]
    assert (len(turns), done) == (1, [])
    turns.pop()()
    assert done == [0, 1, 2]
    assert turns == []


def test_a_turn_has_a_bound() -> None:
    turns: Turns = []
    done: list[int] = []
    later = IdleQueue(turns.append, share=0.0)
    for number in range(3):
        later.add(lambda number=number: done.append(number))  # type: ignore[misc]
    turns.pop()()
    assert (done, len(turns)) == ([0], 1)
    later.finish()
    assert done == [0, 1, 2]
    turns.pop()()
    assert turns == []


def test_one_that_fails_does_not_keep_the_next_from_its_turn() -> None:
    done: list[int] = []
    later = IdleQueue(lambda work: work())

    def fails() -> None:
        raise ValueError("of this one alone")

    later.add(fails)
    later.add(lambda: done.append(1))
    assert done == [1]
