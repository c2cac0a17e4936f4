"""How a step is typed."""

from fig.tour.pattern import Step, down, gone


def test_a_step_as_a_person_types_it() -> None:
    assert Step("lag", "").line == "fig lag"
    assert down("mails", 3).line == "fig restart mails --pause 3 &"
    assert gone("mails").line == "fig get /readyz --from mails --until failed"
