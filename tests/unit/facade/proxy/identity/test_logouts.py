"""What one process notes every other one knows, also one that was forked before."""

import os

from facade.proxy.identity.logouts import LogoutList


def test_nothing_is_logouts_at_first() -> None:
    assert not LogoutList().since(b"s1", 0.0)
    assert not LogoutList().since(b"s1", 5.0)


def test_what_was_heard_before_is_logouts_and_what_is_heard_after_is_not() -> None:
    logouts = LogoutList()
    logouts.note(b"s1", 10.0)
    assert logouts.since(b"s1", 9.9)
    assert logouts.since(b"s1", 10.0)
    assert not logouts.since(b"s1", 10.1)
    assert not logouts.since(b"s2", 9.9)


def test_sessions_that_share_a_slot_only_ask_again() -> None:
    logouts = LogoutList(slots=1)
    logouts.note(b"s1", 10.0)
    assert logouts.since(b"s2", 9.0)


def test_a_child_process_tells_its_parent() -> None:
    logouts = LogoutList()
    child = os.fork()
    if not child:
        logouts.note(b"s1", 10.0)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert logouts.since(b"s1", 9.0)
