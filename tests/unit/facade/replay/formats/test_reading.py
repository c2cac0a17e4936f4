"""Recorded traffic by the name of its file."""

import base64
import json
from pathlib import Path

import pytest

from facade.replay.formats import flows, reading
from facade.replay.formats.reading import NothingToRead
from facade.replay.formats.recorded import Exchange, FileEnd

LINE = {
    "started": 5.0,
    "method": "get",
    "target": "/a",
    "headers": [["Accept", "*/*"]],
    "body": base64.b64encode(b"\x00b").decode(),
    "response": {"status": 201, "headers": [["X", "y"]], "body": "", "ms": 3.5},
}
END = {"end": "a.flows", "flows": 1, "broken": None}


def lines(*found: object) -> list[bytes]:
    return [json.dumps(one).encode() for one in found]


def no_mitmproxy() -> Path:
    raise AssertionError("mitmproxy's environment is not needed for this")


def test_a_line_becomes_an_exchange() -> None:
    one, end = flows.from_lines(lines(LINE, END), first=3)
    assert isinstance(one, Exchange)
    assert (one.number, one.started, one.method, one.target) == (3, 5.0, "GET", "/a")
    assert (one.headers, one.body) == ((("accept", "*/*"),), b"\x00b")
    assert one.answer is not None
    assert (one.answer.status, one.answer.headers, one.answer.ms) == (201, (("x", "y"),), 3.5)
    assert end == FileEnd("a.flows", 1)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"target": "http://a/b"}, "begins with '/'"),
        ({"method": None}, "expected a text"),
        ({"body": "%%%"}, "Error"),
        ({"headers": [["a"]]}, "ValueError"),
        ({"response": {"status": "x", "headers": []}}, "ValueError"),
    ],
)
def test_a_line_that_is_no_exchange_is_said_and_the_next_one_counts(
    change: dict[str, object], said: str
) -> None:
    wrong, right = flows.from_lines(lines(LINE | change, LINE))
    assert isinstance(wrong, FileEnd) and wrong.broken is not None and said in wrong.broken
    assert isinstance(right, Exchange) and right.number == 1


def test_lines_that_are_cut_off() -> None:
    whole, cut = lines(LINE, LINE)
    one, end = flows.from_lines([whole, cut[:30]])
    assert isinstance(one, Exchange)
    assert end == FileEnd("", 1, "a line that is cut off or no JSON")


def test_a_file_of_lines_needs_no_mitmproxy(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(b"\n".join(lines(LINE, LINE)))
    *found, end = reading.exchanges([path], no_mitmproxy)
    assert len(found) == 2
    assert end == FileEnd(str(path), 2)


def test_numbers_go_on_over_files(tmp_path: Path) -> None:
    for name in ("a.jsonl", "b.jsonl"):
        (tmp_path / name).write_bytes(b"\n".join(lines(LINE, LINE)))
    (tmp_path / "c.har").write_text('{"log": {"entries": []}}')
    found = list(reading.exchanges(reading.files([tmp_path]), no_mitmproxy))
    assert [one.number for one in found if isinstance(one, Exchange)] == [1, 2, 3, 4]
    assert sum(isinstance(one, FileEnd) for one in found) == 3


def test_a_recording_is_all_of_its_files(tmp_path: Path) -> None:
    for name in ("shop.flows", "shop.0002.flows", "other.flows"):
        (tmp_path / name).touch()
    names = [path.name for path in reading.files([tmp_path / "shop.flows"])]
    assert names == ["shop.flows", "shop.0002.flows"]
    assert [path.name for path in reading.files([tmp_path / "shop.0002.flows"])] == [
        "shop.0002.flows"
    ]


def test_nothing_to_read(tmp_path: Path) -> None:
    with pytest.raises(NothingToRead, match="no such file"):
        reading.files([tmp_path / "none.flows"])
    with pytest.raises(NothingToRead, match="no recorded traffic"):
        reading.files([tmp_path])
