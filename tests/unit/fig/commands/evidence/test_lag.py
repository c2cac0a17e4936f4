"""How lag is shown."""

from fig.commands.evidence.lag import chart, text, worst


def test_bars_grow_with_the_lag_and_silence_is_a_dot():
    assert chart([0.0, 0.5, 1.0, None]) == "▁▅█·"
    assert chart([0.01, 0.02]) == "▂▂"  # small changes of a small lag do not look like mountains
    assert chart([5.0] * 100, width=3) == "███"
    assert chart([]) == ""


def test_the_table_says_now_and_worst():
    told = {
        "catalog": {"seconds": 0.042, "reason": "", "history": [0.04, 2.5]},
        "orders": {"seconds": None, "reason": "no instance is registered", "history": [None]},
    }
    _, catalog, orders = text(told).splitlines()
    assert catalog.split()[:5] == ["catalog", "42", "ms", "2.5", "s"]
    assert "unknown" in orders
    assert orders.endswith("no instance is registered")
    assert worst([None]) is None
    assert text({}) == "no read model reports a watermark"
