"""Objections that differ only in a name are said once, with all the names."""

from dataclasses import dataclass

from chassis.cli.objections import listed


@dataclass(frozen=True)
class Reason:
    kind: str
    about: str
    words: str
    remedy: str


def at_legacy(name: str) -> Reason:
    return Reason("stage", name, f"'{name}' is at legacy", f"fig flip {name} new --walk")


def test_one_is_said_with_its_name() -> None:
    assert listed([at_legacy("a")]) == "  'a' is at legacy\n    next: fig flip a new --walk"


def test_several_are_said_once_with_all_names() -> None:
    other = Reason("domain", "goods", "'goods' is legacy", "fig cutover goods")
    found = listed([at_legacy("a"), other, at_legacy("flip"), at_legacy("legacy")])
    assert found == (
        "  ROUTE is at legacy\n"
        "    3 of them: a, flip, legacy\n"
        "    next: fig flip ROUTE new --walk\n"
        "  'goods' is legacy\n"
        "    next: fig cutover goods"
    )


def test_the_name_may_end_the_command() -> None:
    alike = [Reason("stage", one, f"'{one}' stays", f"fig retire {one}") for one in ("a", "retire")]
    assert "2 of them: a, retire\n    next: fig retire ROUTE" in listed(alike)


def test_what_differs_in_more_than_the_name_stays_apart() -> None:
    once = Reason("route", "a", "a: legacy answered: once", "fig status")
    often = Reason("route", "b", "b: legacy answered: 7 times", "fig status")
    assert listed([once, often]).count("next:") == 2
