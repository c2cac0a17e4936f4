"""What is kept of log and stream, what is alarming about it, and how long reading will take."""

import pytest

from new_services.feed.log.slot import Held
from new_services.feed.log.slot_watch import alarming
from new_services.feed.publishing.retention import cut
from new_services.feed.reading.jobs import Job
from new_services.feed.reading.progress import Progress
from new_services.feed.status import Status

MIB = 1024 * 1024


@pytest.mark.parametrize(
    ("held", "says"),
    [
        (Held(40 * MIB, 100 * MIB, False), None),
        (Held(60 * MIB, 100 * MIB, False), "60 MiB of log of 100 MiB"),
        (Held(90 * MIB, None, False), None),
        (Held(300 * MIB, None, False), "nothing limits it"),
        (Held(0, 100 * MIB, True), "is lost"),
    ],
)
def test_a_slot_is_alarming_from_half_of_its_limit_on(held, says):
    text = alarming(held, 0.5, 200 * MIB)
    assert text is None if says is None else says in str(text)


def test_up_to_the_limit_the_stream_keeps_everything():
    assert cut(1, 1000, 100, 100, read=1000) == 0


def test_beyond_it_goes_what_everybody_has_read():
    assert cut(1, 1000, 125, 100, read=None) == 360  # 80 of 125 stay
    assert cut(1, 1000, 125, 100, read=1000) == 360
    assert cut(1, 1000, 125, 100, read=50) == 50


def test_beyond_twice_the_limit_the_oldest_goes_in_any_case():
    assert cut(1, 1000, 400, 100, read=10) == 500


def test_an_estimate_from_the_pace_so_far():
    now = [0.0]
    progress = Progress(lambda: now[0])
    assert progress.to_dict() is None
    progress.count(Job("stock", True), 100)
    now[0] = 2.0
    progress.read("stock", 40)
    assert (progress.rate, progress.seconds_left) == (20.0, 3.0)
    assert progress.sentence() == "reading stock: 40 of 100 rows, 3 s left"
    progress.idle()
    assert (progress.total, progress.seconds_left, progress.rows) == (0, None, 40)


def test_an_alarm_is_said_once_and_is_over_once(caplog):
    status = Status()
    caplog.set_level("INFO")
    for text in ("full", "fuller", None, None):
        status.alarm("slot", text)
    assert [record.getMessage() for record in caplog.records] == ["alarm: full", "alarm over: slot"]
    assert status.details()["alarms"] == {}
