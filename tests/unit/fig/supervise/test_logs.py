"""Log files stay small; lines come out whole."""

import io

from fig.supervise.logs import LINE_BYTES, Console, Lines, LogFile, tail


def test_a_full_file_is_turned_over_and_one_is_kept(tmp_path):
    path = tmp_path / "shop.log"
    log = LogFile(path, most=100)
    for number in range(50):
        log.write(f"line {number:04}\n".encode())
    log.close()

    assert path.stat().st_size <= 100
    assert (tmp_path / "shop.log.1").stat().st_size <= 100
    assert sorted(tmp_path.iterdir()) == [path, tmp_path / "shop.log.1"]
    assert tail(path, 1) == ["line 0049"]


def test_a_chunk_larger_than_the_bound_is_still_written(tmp_path):
    log = LogFile(tmp_path / "shop.log", most=10)
    log.write(b"x" * 25)
    log.close()
    assert (tmp_path / "shop.log").stat().st_size == 25


def test_a_file_that_is_too_large_already_is_turned_over_at_once(tmp_path):
    path = tmp_path / "shop.log"
    path.write_bytes(b"x" * 200)
    LogFile(path, most=100).close()
    assert path.stat().st_size == 0


def test_chunks_become_lines():
    seen: list[str] = []
    lines = Lines(seen.append)
    lines.feed(b"one\ntw")
    lines.feed("o\r\nümlaut\nrest".encode())
    assert seen == ["one", "two", "ümlaut"]
    lines.close()
    assert seen[-1] == "rest"


def test_a_line_without_end_does_not_fill_the_memory():
    seen: list[str] = []
    lines = Lines(seen.append)
    for _ in range(10):
        lines.feed(b"x" * (LINE_BYTES // 2))
    assert len(seen) >= 3


def test_every_process_has_its_prefix_and_colour():
    out = io.StringIO()
    console = Console(out, colour=True)
    console.line("legacy", "hello")
    console.line("feed", "hello")
    first, second = out.getvalue().splitlines()
    assert "legacy" in first and first.endswith("hello")
    assert first[:5] != second[:5], "the colours differ"


def test_no_colours_where_nobody_looks():
    out = io.StringIO()
    Console(out, colour=False).line("legacy", "hello")
    assert out.getvalue() == "legacy          │ hello\n"


def test_the_end_of_a_log_that_does_not_exist_is_empty(tmp_path):
    assert tail(tmp_path / "none.log", 5) == []
