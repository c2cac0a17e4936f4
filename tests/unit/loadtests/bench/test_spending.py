"""Whose CPU it was, as the kernel and PostgreSQL's titles tell it."""

import os
import subprocess
import sys
import time

import pytest

from loadtests.bench import spending

BUSY = "import time\nwhile time.process_time() < 0.3: pass\nprint(flush=True)\ninput()"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("postgres: orders orders 127.0.0.1(40312) idle", "postgres orders"),
        ("postgres: reverse legacy 127.0.0.1(40312) COMMIT", "postgres legacy"),
        ("postgres: walsender feed legacy 127.0.0.1(5) START_REPLICATION", "postgres feed"),
        ("postgres: checkpointer ", "postgres"),
        ("postgres: autovacuum worker orders", "postgres"),
        ("", "postgres"),
    ],
)
def test_for_which_database_a_process_of_postgresql_works(title: str, name: str) -> None:
    assert spending.served(title) == name


def test_children_count_with_their_parent_also_when_they_have_ended() -> None:
    before = spending.used_by(os.getpid())
    busy = subprocess.Popen(
        [sys.executable, "-c", BUSY], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert busy.stdin is not None and busy.stdout is not None
    try:
        busy.stdout.readline()
        assert spending.used_by(os.getpid()) - before >= 0.2
    finally:
        busy.communicate(b"\n", timeout=30)
    assert spending.used_by(os.getpid()) - before >= 0.2
    assert sum(spending.by_database(os.getpid()).values()) >= 0.2
    assert spending.used_by(2**22) == 0.0  # nobody


def test_the_machine_was_busy_for_a_part_of_the_time() -> None:
    busy, there = spending.machine()
    time.sleep(0.05)
    now = spending.machine()
    assert now[1] > there
    assert 0.0 <= now[0] - busy <= now[1] - there + 0.001  # differences of large sums
