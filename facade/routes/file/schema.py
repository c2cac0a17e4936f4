"""The JSON Schema of the route file, made from its form, so that editors complete and check it."""

import json

from facade.routes.file.form import FILE
from facade.routes.file.kinds.values import JsonSchema

TITLE = "Strangler Fig route file"


def schema() -> JsonSchema:
    """The schema as a document."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": TITLE,
        "description": "Which side answers which path. Made by `python -m facade schema`.",
        **FILE.schema(),
    }


def schema_text() -> str:
    """The schema as it is committed in `facade/routes.schema.json`."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
