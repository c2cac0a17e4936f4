"""Every drawing in every colour is a picture; nothing else is."""

import pytest
from lxml import etree

from legacy_monolith import pictures
from legacy_monolith.seed import words
from legacy_monolith.views.shop import ANY_DOOR, DOORS


@pytest.mark.parametrize("kind", sorted(pictures.kinds()))
def test_each_picture_is_well_formed_in_every_colour(kind: str) -> None:
    for colour, (main, _, _) in pictures.COLOURS.items():
        drawing = pictures.draw(kind, colour)
        assert drawing is not None
        assert etree.fromstring(drawing).tag == "{http://www.w3.org/2000/svg}svg"
        assert main in drawing
        assert "$" not in drawing


@pytest.mark.parametrize(
    ("kind", "colour"), [("car", "red"), ("boot", "pink"), ("../app", "red"), ("", "")]
)
def test_unknown_picture_is_none(kind: str, colour: str) -> None:
    assert pictures.draw(kind, colour) is None


def test_every_article_of_the_seed_has_its_picture() -> None:
    assert {kind.picture for kind in words.KINDS} <= pictures.kinds()
    assert {colour.lower() for colour in words.COLOURS} <= set(pictures.COLOURS)


def test_every_big_category_has_a_door() -> None:
    assert set(DOORS) == {code for code, _, parent in words.CATEGORIES if parent is None}
    assert all(pictures.draw(*door) for door in (*DOORS.values(), ANY_DOOR))
