"""How lag is shown."""

import json

import pytest
from click.testing import CliRunner

from fig.__main__ import cli
from fig.commands.evidence import lag
from fig.commands.evidence.lag import chart, text, worst
from fig.settings import Home
from fig.stack.ended import Ended, write

UNKNOWN = {"orders": {"seconds": None, "reason": "no instance", "history": [None]}}


def test_bars_grow_with_the_lag_and_silence_is_a_dot():
    assert chart([0.0, 0.5, 1.0, None]) == "▁▅█·"
    assert chart([0.01, 0.02]) == "▂▂"  # small changes of a small lag do not look like mountains
    assert chart([5.0] * 100, width=3) == "███"
    assert chart([]) == ""


def test_the_table_says_now_and_worst():
    shown = {
        "catalog": {"seconds": 0.042, "reason": "", "history": [0.04, 2.5]},
        "orders": {"seconds": None, "reason": "no instance is registered", "history": [None]},
    }
    _, catalog, orders = text(shown).splitlines()
    assert catalog.split()[:5] == ["catalog", "42", "ms", "2.5", "s"]
    assert "unknown" in orders
    assert orders.endswith("no instance is registered")
    assert worst([None]) is None
    assert text({}) == "no read model reports a watermark"


@pytest.mark.parametrize("how", ["", "alone", "farewell"])
def test_without_a_monolith_nothing_is_behind_it(how, monkeypatch, tmp_path):
    if how:
        write(Home(tmp_path), Ended(0.0, how, "/a/legacy.dump"))
    monkeypatch.setattr(lag.running, "admin_url", lambda *_: "http://admin")
    monkeypatch.setattr(lag.admin, "get", lambda *_: {"lag": UNKNOWN})
    shown = CliRunner().invoke(cli, ["--home", str(tmp_path), "lag", *(["--watch"] if how else [])])
    assert shown.exit_code == (0 if how else 1), shown.output
    assert ("monolith; no read model" in shown.output or "no monolith any" in shown.output) is bool(
        how
    )
    plain = CliRunner().invoke(cli, ["--home", str(tmp_path), "lag", "--json"])
    assert json.loads(plain.output) == UNKNOWN
