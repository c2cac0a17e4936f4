"""Counts in objects become metrics with a label for each level."""

from facade.control.admin.views.families import counter, gauge


def test_each_level_of_the_counts_is_a_label() -> None:
    family = counter("answers", "Answers.", ("route", "side"), {"product": {"new": 3, "legacy": 1}})
    assert [(one.name, one.labels, one.value) for one in family.samples] == [
        ("answers_total", {"route": "product", "side": "new"}, 3),
        ("answers_total", {"route": "product", "side": "legacy"}, 1),
    ]


def test_a_level_without_names_gives_no_sample() -> None:
    assert counter("answers", "Answers.", ("route", "side"), {"product": {}}).samples == []


def test_a_gauge_is_called_as_it_is() -> None:
    (sample,) = gauge("bound", "Bound.", ("route",), {"product": 0.5}).samples
    assert (sample.name, sample.value) == ("bound", 0.5)
