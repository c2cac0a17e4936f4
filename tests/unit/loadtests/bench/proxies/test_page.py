"""The page keeps what people wrote, and ratios are the right way round."""

from pathlib import Path

import pytest

from loadtests.bench.proxies.added import Paced
from loadtests.bench.proxies.page import BEGIN, END, added, throughput, write
from loadtests.bench.rounds import Figures


def test_only_what_stands_between_the_marks_is_replaced(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text(f"# Mine\n{BEGIN}old\n{END}mine too\n")
    write(["new"], page)
    assert page.read_text() == f"# Mine\n{BEGIN}new\n{END}mine too\n"


def test_a_page_without_marks_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text("# Mine\n")
    with pytest.raises(ValueError, match="marks"):
        write(["new"], page)
    assert page.read_text() == "# Mine\n"


def test_more_requests_and_less_cpu_show_as_such() -> None:
    figures = {
        "Envoy": Figures(rate=2000, p50=1, p99=2, cpu=0.8, failed=0),
        "facade": Figures(rate=3000, p50=1, p99=2, cpu=0.4, failed=0),
    }
    rows = throughput({"small": figures})
    assert rows[2].endswith("| 0 | 1.50 | 0.50 |")
    assert all(row.count("|") == rows[0].count("|") for row in rows)


def test_added_latency_is_what_is_beyond_the_upstreams_own() -> None:
    rows = added({"direct": Paced(100, 1.0, 2.0), "facade": Paced(100, 1.25, 4.0)})
    assert rows[3].endswith("| +0.25 | +2.00 |")
    assert all(row.count("|") == rows[0].count("|") for row in rows)
