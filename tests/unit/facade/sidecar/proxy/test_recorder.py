"""Files that follow each other: nothing is split, the oldest go, a restart spoils nothing."""

import stat
from pathlib import Path

from facade.sidecar.plan.plan import Recording
from facade.sidecar.proxy.recorder import Recorder, series


def names(folder: Path) -> list[str]:
    return [path.name for path in series(folder / "shop.flows")]


def recording(folder: Path, keep: int = 16) -> Recording:
    return Recording(str(folder / "shop.flows"), rotate_bytes=100, keep=keep)


def test_a_full_file_is_followed_by_the_next(tmp_path: Path) -> None:
    recorder = Recorder(recording(tmp_path))
    for at in range(5):
        recorder.add(bytes([at]) * 40)
    recorder.close()
    assert names(tmp_path) == ["shop.flows", "shop.0002.flows", "shop.0003.flows"]
    assert [path.stat().st_size for path in series(tmp_path / "shop.flows")] == [80, 80, 40]
    assert (recorder.flows, recorder.bytes) == (5, 200)


def test_a_record_larger_than_a_file_is_kept_whole(tmp_path: Path) -> None:
    recorder = Recorder(recording(tmp_path))
    recorder.add(b"x" * 500)
    recorder.add(b"y")
    assert [path.stat().st_size for path in series(tmp_path / "shop.flows")] == [500, 1]


def test_the_oldest_files_go(tmp_path: Path) -> None:
    recorder = Recorder(recording(tmp_path, keep=2))
    for _ in range(4):
        recorder.add(b"x" * 100)
    assert names(tmp_path) == ["shop.0003.flows", "shop.0004.flows"]


def test_what_is_written_is_there_at_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    recorder = Recorder(recording(tmp_path))
    recorder.add(b"abc")
    assert recorder.path.read_bytes() == b"abc"
    assert stat.S_IMODE(recorder.path.stat().st_mode) == 0o600


def test_a_recording_that_goes_on_does_not_append_to_what_may_be_half_a_record(
    tmp_path: Path,
) -> None:
    Recorder(recording(tmp_path)).add(b"whole, half")
    Recorder(recording(tmp_path)).add(b"later")
    assert names(tmp_path) == ["shop.flows", "shop.0002.flows"]
    assert (tmp_path / "shop.flows").read_bytes() == b"whole, half"


def test_other_files_are_not_ours(tmp_path: Path) -> None:
    for name in ("shop.flows", "shop.0010.flows", "shop.0009.flows", "shop.old.flows", "x.flows"):
        (tmp_path / name).touch()
    assert names(tmp_path) == ["shop.flows", "shop.0009.flows", "shop.0010.flows"]
