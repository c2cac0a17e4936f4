"""The entries under `compose` of a route."""

import re
from typing import Final

import yaml

from facade.routes.config.composefile import PartConfig
from facade.routes.file.kinds.structures import Field, Record
from facade.routes.file.kinds.values import Flag, JsonSchema, Scalar, Wrong
from facade.routes.file.matching import check_template
from facade.routes.file.places import Path, Reading

_QUERY: Final = r"(?:\?[\x21\x22\x24-\x7e]*)?"
_TARGET: Final = rf"/[^?#\s]*{_QUERY}"


class TargetText(Scalar[str]):
    """`/api/products/{sku}?page=1`."""

    blank = "/"

    def parse(self, text: str) -> str:
        if not re.fullmatch(_TARGET, text):
            raise Wrong(f"expected a path such as /api/me, with or without a query, not '{text}'")
        path = text.partition("?")[0]
        check_template(path)
        if "*}" in path:
            raise Wrong(f"'{path}' has a tail, which is no single segment")
        return text

    def schema(self) -> JsonSchema:
        return {"type": "string", "pattern": f"^{_TARGET}$"}


class PartShape:
    """`GET /api/me`, or a mapping with `get` and `optional`."""

    blank = PartConfig("/")
    _target = TargetText()
    _record = Record(
        PartConfig,
        {
            "get": Field(_target, "Its path and query.", True),
            "optional": Field(Flag(), "Whether an answer without it is good.", shown=False),
        },
    )

    def read(self, node: yaml.Node, reading: Reading, path: Path) -> PartConfig:
        """The part, without its name."""
        if not isinstance(node, yaml.ScalarNode):
            return self._record.read(node, reading, path)
        method, _, target = str(node.value).partition(" ")
        if method != "GET":
            raise Wrong(f"expected a read such as GET /api/me, not '{node.value}'")
        return PartConfig(self._target.parse(target.strip()))

    def schema(self) -> JsonSchema:
        """Either."""
        text = {"type": "string", "pattern": f"^GET +{_TARGET}$"}
        return {"anyOf": [text, self._record.schema()]}
