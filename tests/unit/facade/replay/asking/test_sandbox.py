"""Writes go only where somebody in charge has said so, by address and for a time."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from facade.replay.asking.sandbox import NoSandbox, declared

TODAY = date(2026, 6, 1)
GOOD = {"sandbox": ["http://127.0.0.1:8002"], "by": "ada@example.org", "until": "2026-06-01"}


def write(folder: Path, document: Any) -> Path:
    path = folder / "sandbox.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


def test_declared_addresses_and_no_others(tmp_path: Path) -> None:
    sandbox = declared(write(tmp_path, GOOD), TODAY)
    sandbox.require(["http://127.0.0.1:8002", "http://127.0.0.1:8002/"])
    for url in ("http://127.0.0.1:8003", "http://shop.example", "http://localhost:8002"):
        with pytest.raises(NoSandbox, match=r"not among the sandboxes that ada@example\.org"):
            sandbox.require([url])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"until": "2026-05-31"}, "was good until 2026-05-31"),
        ({"until": "2027-12-31"}, "more than a year"),
        ({"until": "soon"}, "expected sandbox, by and until"),
        ({"by": " "}, "no person who answers for it"),
        ({"sandbox": []}, "names no address"),
        ({"sandbox": ["127.0.0.1:8002"]}, "expected http://HOST:PORT"),
        ({"sandbox": "http://127.0.0.1:8002"}, "expected http://HOST:PORT"),
    ],
)
def test_half_a_word_is_none(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    with pytest.raises(NoSandbox, match=said):
        declared(write(tmp_path, GOOD | change), TODAY)


@pytest.mark.parametrize("document", ["", "[]", "3", "{}"])
def test_what_is_no_declaration(tmp_path: Path, document: str) -> None:
    with pytest.raises(NoSandbox):
        declared(write(tmp_path, document), TODAY)


def test_no_file_no_writes(tmp_path: Path) -> None:
    with pytest.raises(NoSandbox, match="cannot read"):
        declared(tmp_path / "none.json", TODAY)
