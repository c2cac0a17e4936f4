"""The import rule of the data plane names every file that is part of it."""

import tomllib
from pathlib import Path

PROJECT = Path(__file__).parents[3]


def test_every_file_directly_in_facade_is_held_to_the_rule() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    (rule,) = [
        contract
        for contract in project["tool"]["importlinter"]["contracts"]
        if "data plane" in contract["name"]
    ]
    files = {f"facade.{path.stem}" for path in (PROJECT / "facade").glob("[!_]*.py")}
    assert files | {"facade.wire", "facade.config"} == set(rule["source_modules"])
    assert {"sqlalchemy", "fastapi", "flask", "nats"} <= set(rule["forbidden_modules"])
