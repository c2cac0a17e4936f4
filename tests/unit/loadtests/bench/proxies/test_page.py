"""Ratios are the right way round."""

from loadtests.bench.proxies.added import Paced
from loadtests.bench.proxies.page import added, throughput
from loadtests.bench.rounds import Figures


def test_more_requests_and_less_cpu_show_as_such() -> None:
    figures = {
        "Envoy": Figures(rate=2000, p50=1, p99=2, cpu=0.8, failed=0),
        "facade": Figures(rate=3000, p50=1, p99=2, cpu=0.4, failed=0),
    }
    rows = throughput({"small": figures})
    assert rows[2].startswith("| small | Envoy | 1.50 | 0.50 | 2,000 |")
    assert rows[3].startswith("| small | facade | | | 3,000 |")
    assert all(row.count("|") == rows[0].count("|") for row in rows)


def test_each_build_of_the_facade_has_its_ratios() -> None:
    figures = {
        "nginx": Figures(rate=4000, p50=1, p99=2, cpu=0.2, failed=0),
        "facade as Python": Figures(rate=1000, p50=1, p99=2, cpu=0.8, failed=0),
        "facade": Figures(rate=2000, p50=1, p99=2, cpu=0.4, failed=0),
    }
    rows = throughput({"small": figures})
    assert rows[2].startswith("| small | nginx | 0.25 | 4.00 | 0.50 | 2.00 | 4,000 |")
    assert [row.split(" | ")[1] for row in rows[3:]] == ["facade as Python", "facade compiled"]
    assert all(row.count("|") == rows[0].count("|") for row in rows)


def test_added_latency_is_what_is_beyond_the_upstreams_own() -> None:
    rows = added({"direct": Paced(100, 1.0, 2.0), "facade": Paced(100, 1.25, 4.0)})
    assert rows[3].endswith("| +0.25 | +2.00 |")
    assert all(row.count("|") == rows[0].count("|") for row in rows)
