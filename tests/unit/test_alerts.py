"""The alert rules: each query is one, of metrics that we have; `promtool` judges where it is there.

That each selector has a sample in a running stack: tests/patterns/test_telemetry.py.
"""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.rigs import alerts
from tests.rigs.alerts import FILE, Selector, rules, selectors

ROOT = Path(__file__).parents[2]
PROMTOOL = shutil.which("promtool")


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_a_query_is_one_and_the_alert_says_where_to_look(rule: dict[str, Any]) -> None:
    assert selectors(rule["expr"])
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert set(rule["annotations"]) == {"summary", "look"}


def test_a_command_it_names_is_one() -> None:
    from fig.__main__ import COMMANDS

    named = set(re.findall(r"\bfig ([a-z]+)", FILE.read_text("utf-8")))
    assert named and named <= COMMANDS.keys()


@pytest.mark.parametrize("query", ["sum(", "rate(facade_requests_total)[5m]", "a >"])
def test_what_is_no_query_is_refused(query: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        selectors(query)


def test_every_selector_of_a_query_is_found() -> None:
    query = '1 - sum(rate(a{x=~"[12]xx"}[5m])) / sum by (y) (b) > 0.02 or -(c{z!="q"}) > 1'
    assert selectors(query) == {
        Selector("a", (("x", "=~", "[12]xx"),)),
        Selector("b", ()),
        Selector("c", (("z", "!=", "q"),)),
    }


@pytest.mark.parametrize(
    ("labels", "fits"), [({"x": "2xx"}, True), ({"x": "5xx"}, False), ({}, False)]
)
def test_a_selector_fits_a_sample_by_its_labels(labels: dict[str, str], fits: bool) -> None:
    (selector,) = selectors('a{x=~"[12]xx"}')
    assert selector.fits("a", labels) is fits
    assert not selector.fits("b", labels)


def test_samples_are_read_as_prometheus_names_them() -> None:
    text = '# TYPE a counter\na_total{x="1"} 3.0\n'
    assert alerts.samples([text]) == [("a_total", {"x": "1"}, 3.0)]


@pytest.mark.skipif(PROMTOOL is None, reason="Debian's prometheus brings promtool")
def test_promtool_agrees() -> None:
    assert PROMTOOL is not None
    done = subprocess.run(
        [PROMTOOL, "check", "rules", str(FILE)],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
