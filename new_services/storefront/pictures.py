"""Pictures of articles: one drawing per kind of article, in the colour of the article."""

from functools import cache
from pathlib import Path
from string import Template

FOLDER = Path(__file__).with_name("drawings")
# Name in the address: main colour, shade, background.
COLOURS = {
    "black": ("#3b4045", "#24282c", "#e9ebec"),
    "blue": ("#3f7cac", "#28557a", "#e3edf4"),
    "brown": ("#8a6245", "#5f4230", "#f3ebe3"),
    "green": ("#5b8c5a", "#3c6140", "#e6f0e4"),
    "grey": ("#8b949a", "#626a70", "#eceff0"),
    "ochre": ("#d09a2c", "#9c701a", "#faf1dc"),
    "orange": ("#dd7338", "#a84f20", "#fbeadf"),
    "red": ("#b8443f", "#852c2b", "#f7e4e1"),
    "sand": ("#c9b48a", "#9a8660", "#f6f1e4"),
    "teal": ("#2f8f8b", "#1e6563", "#def0ee"),
    "violet": ("#77659f", "#534577", "#ece8f3"),
    "white": ("#dfe3e2", "#aab1b0", "#f4f5f3"),
}


@cache
def _drawings() -> dict[str, Template]:
    """By kind of article."""
    return {path.stem: Template(path.read_text("utf-8")) for path in FOLDER.glob("*.svg")}


def draw(kind: str, colour: str) -> str | None:
    """An SVG document, or None where there is no such drawing or colour."""
    drawing, colours = _drawings().get(kind), COLOURS.get(colour)
    if drawing is None or colours is None:
        return None
    main, shade, ground = colours
    return drawing.substitute(main=main, shade=shade, ground=ground)
