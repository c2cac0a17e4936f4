"""What wrk says is read as it is meant: units, and what failed."""

import pytest

from loadtests.bench.wrk import read

REPORT = """Running 3s test @ http://127.0.0.1:1/api/products/200
  1 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     7.10ms    3.00ms  31.69ms   70.00%
  Latency Distribution
     50%  950.00us
     75%    2.10ms
     90%   12.00ms
     99%    1.20s
  13149 requests in 3.00s, 6.21MB read
  Socket errors: connect 1, read 2, write 3, timeout 4
  Non-2xx or 3xx responses: 5
Requests/sec:   4383.12
Transfer/sec:      2.07MB
"""


def test_rate_and_percentiles_in_milliseconds() -> None:
    run = read(REPORT)
    assert (run.rate, run.requests) == (4383.12, 13149)
    assert (run.p50, run.p99) == (pytest.approx(0.95), 1200.0)


def test_broken_connections_and_refusals_are_failures() -> None:
    assert read(REPORT).failed == 1 + 2 + 3 + 4 + 5
    clean = [line for line in REPORT.splitlines() if "errors" not in line and "Non-" not in line]
    assert read("\n".join(clean)).failed == 0


def test_what_is_no_report_is_said_so() -> None:
    with pytest.raises(ValueError, match="no report"):
        read("unable to connect")
