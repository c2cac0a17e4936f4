"""The alert rules: each query is one, of metrics that we have; `promtool` judges where it is there.

That each selector has a sample in a running stack: tests/patterns/test_telemetry.py.
"""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

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


# Of each alert, series in trouble: a value, and what is added each minute. Others are as in WELL.
WELL = {"facade_workers": "2+0"}
TROUBLE = {
    "FacadeHasNoWorkers": {"facade_workers": "0+0"},
    "FacadeAnswersWithErrors": {
        'facade_requests_total{route="r",side="new",status="2xx"}': "0+60",
        'facade_requests_total{route="r",side="new",status="5xx"}': "0+6",
    },
    "FacadeSideDoesNotAnswer": {
        'facade_failures_total{route="r",failure="connect"}': "0+6",
        'facade_requests_total{route="r",side="new",status="2xx"}': "0+60",
    },
    "FacadeBreakerOpen": {'facade_breaker_open{upstream="u",of="read"}': "1+0"},
    "FacadeIsSlow": {
        'facade_latency_seconds_bucket{route="r",side="new",le="1"}': "0+1",
        'facade_latency_seconds_bucket{route="r",side="new",le="4"}': "0+60",
        'facade_latency_seconds_bucket{route="r",side="new",le="+Inf"}': "0+60",
    },
    "FacadeNewSideFallsBack": {'facade_fallback_share{route="r"}': "0.5+0"},
    "FacadeSidesDiffer": {'facade_compare_pairs{route="r",outcome="mismatched"}': "3+0"},
    "SpansAreDropped": {'spans_total{outcome="dropped"}': "0+600"},
    "GoodsArriveLate": {
        'catalog_delay_seconds_bucket{le="1"}': "0+0",
        'catalog_delay_seconds_bucket{le="30"}': "0+60",
        'catalog_delay_seconds_bucket{le="+Inf"}': "0+60",
    },
    "EventsDoNotLeave": {'outbox_oldest_pending_seconds{instance="i"}': "90+60"},
    "EventsAreDeadLetters": {'inbox_events_total{consumer="c",outcome="dead"}': "0+1"},
    "MailsDoNotLeave": {"mails_oldest_seconds": "400+60"},
    "MailsAreParked": {"mails_parked": "1+0"},
}


def test_of_each_alert_it_is_known_what_it_is_for() -> None:
    assert TROUBLE.keys() == {rule["alert"] for rule in rules()}


@pytest.mark.skipif(PROMTOOL is None, reason="Debian's prometheus brings promtool")
@pytest.mark.parametrize("alert", TROUBLE)
def test_prometheus_raises_it_in_trouble_and_only_it(alert: str, tmp_path: Path) -> None:
    """Half an hour of trouble, evaluated by Prometheus; before, everything is well."""
    series = [
        {"series": name, "values": f"{values}x30"}
        for name, values in (WELL | TROUBLE[alert]).items()
    ]
    test = {
        "rule_files": [str(FILE)],
        "evaluation_interval": "15s",
        "tests": [{
            "interval": "1m",
            "input_series": series,
            "promql_expr_test": [
                {"expr": f'count(ALERTS{{alertname="{name}",alertstate="firing"}}) > 0',
                 "eval_time": "25m",
                 "exp_samples": [{"labels": "{}", "value": 1}] if name == alert else []}
                for name in TROUBLE
            ],
        }],
    }  # fmt: skip
    file = tmp_path / "test.yml"
    file.write_text(yaml.safe_dump(test))
    assert PROMTOOL is not None
    done = subprocess.run(
        [PROMTOOL, "test", "rules", str(file)],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
