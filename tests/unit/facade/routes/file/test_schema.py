"""The JSON Schema: current, and of one mind with the reader."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from facade.routes.file.schema import schema, schema_text

ROOT = Path(__file__).parents[5]


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    document = schema()
    Draft202012Validator.check_schema(document)
    return Draft202012Validator(document)


def test_the_committed_schema_is_current() -> None:
    committed = (ROOT / "facade" / "routes.schema.json").read_text("utf-8")
    assert committed == schema_text(), "run: python -m facade schema > facade/routes.schema.json"


def test_the_shops_routes_are_valid(validator: Draft202012Validator) -> None:
    assert not list(validator.iter_errors(_parse((ROOT / "routes.yaml").read_text("utf-8"))))


BASE = "upstreams: {legacy: {url: http://h:1}}\nroutes: [{name: a, match: GET /, %s}]"


@pytest.mark.parametrize(
    "inside",
    ["stage: canry", "stage: legacy, percent: 101", "stage: legacy, percent: 0.001%", "stge: x",
     "stage: legacy, key: [query:x]", "stage: legacy, timeout: 5", "stage: legacy, key: []",
     "stage: legacy, fallback: maybe", "stage: legacy, compare: {rules: x}"],
)  # fmt: skip
def test_the_schema_refuses_what_the_reader_refuses(
    validator: Draft202012Validator, inside: str
) -> None:
    assert list(validator.iter_errors(_parse(BASE % inside)))


@pytest.mark.parametrize(
    "inside",
    ["stage: canary, percent: 0.01", "stage: canary, percent: 10%", "stage: legacy, timeout: 2s",
     "stage: legacy, max_body: 10MB", "stage: legacy, key: [session, 'path:x']"],
)  # fmt: skip
def test_the_schema_takes_what_the_reader_takes(
    validator: Draft202012Validator, inside: str
) -> None:
    assert not list(validator.iter_errors(_parse(BASE % inside)))


def test_every_key_has_its_help() -> None:
    def properties(node: Any) -> list[dict[str, Any]]:
        if isinstance(node, list):
            return [found for item in node for found in properties(item)]
        if not isinstance(node, dict):
            return []
        mine = list(node.get("properties", {}).values())
        return mine + [found for value in node.values() for found in properties(value)]

    found = properties(schema())
    assert len(found) > 60
    assert all(len(prop["description"]) > 5 for prop in found)


def _parse(text: str) -> Any:
    """As an editor sees it: dates stay text."""
    loader = type("Loader", (yaml.SafeLoader,), {})
    loader.yaml_implicit_resolvers = {
        key: [pair for pair in pairs if not pair[0].endswith("timestamp")]
        for key, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    return yaml.load(text, Loader=loader)
