"""The entries under `compose`, read and as a schema."""

import re

import pytest
import yaml

from facade.routes.config.composefile import PartConfig
from facade.routes.file.form.parts import PartShape
from facade.routes.file.kinds.structures import read
from facade.routes.file.places import Reading


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("GET /a", PartConfig("/a")),
        ("GET   /a/{b}?c=d&e=%2f", PartConfig("/a/{b}?c=d&e=%2f")),
        ("{get: /a}", PartConfig("/a")),
        ("{get: /a, optional: true}", PartConfig("/a", optional=True)),
    ],
)
def test_a_part(text: str, wanted: PartConfig) -> None:
    reading = Reading()
    assert read(PartShape(), yaml.compose(text), reading, ()) == wanted
    assert reading.problems == []


@pytest.mark.parametrize("text", ["HEAD /a", "GET /a b", "{get: /a, method: GET}", "[GET /a]", "1"])
def test_no_part(text: str) -> None:
    reading = Reading()
    read(PartShape(), yaml.compose(text), reading, ())
    assert reading.problems


def test_the_schema_takes_what_is_read() -> None:
    text, record = PartShape().schema()["anyOf"]
    assert re.fullmatch(text["pattern"], "GET /a/{b}?c=d")
    assert not re.fullmatch(text["pattern"], "POST /a")
    assert record["required"] == ["get"]
