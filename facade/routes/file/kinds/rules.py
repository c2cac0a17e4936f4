"""Values that only rules of comparison have: paths into answers, and patterns of text."""

import re

from facade.compare.paths import BadPath, is_json_path, parse
from facade.routes.file.form.names import JSON_PATH
from facade.routes.file.kinds.values import JsonSchema, Scalar, Wrong

_ELSEWHERE = re.compile(
    r"\$(status|text(:[0-9]+)?|body|header:\S+|cookie:[^\r\n]*|html([/@][^\r\n]*)?)"
)
_PLACES = "$status, $header:NAME, $cookie:NAME, $html/…, $text, $body"


class RulePath(Scalar[str]):
    """A place in an answer: in JSON, such as `$.lines[*].price`, or one of the others."""

    blank = "$"

    def __init__(self, *, json_only: bool = False) -> None:
        self._json_only = json_only

    def parse(self, text: str) -> str:
        if not text.startswith("$"):
            raise Wrong(f"expected a path such as $.price, not '{text}'")
        if not is_json_path(text):
            self._elsewhere(text)
            return text
        try:
            parse(text)
        except BadPath as error:
            raise Wrong(f"{error}; expected a path such as $.lines[*].price or $..price") from None
        return text

    def _elsewhere(self, text: str) -> None:
        if _ELSEWHERE.fullmatch(text) is None:
            raise Wrong(f"'{text}' is no place in an answer; expected $.… or one of {_PLACES}")
        if self._json_only:
            raise Wrong(f"expected a path in JSON such as $.price: this has no effect at '{text}'")

    def schema(self) -> JsonSchema:
        return {"type": "string", "pattern": f"^(?:{JSON_PATH})$"}


class Regex(Scalar[str]):
    """A regular expression, as Python writes them."""

    blank = "$^"

    def parse(self, text: str) -> str:
        try:
            pattern = re.compile(text)
        except re.error as error:
            raise Wrong(f"'{text}' is no regular expression: {error}") from None
        if pattern.fullmatch(""):
            raise Wrong(f"'{text}' may match nothing at all; say what has to stand there")
        return text

    def schema(self) -> JsonSchema:
        return {"type": "string", "format": "regex"}
