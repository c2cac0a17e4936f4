"""Which account a login names: in a field of the form or the JSON that the client sends.

A framework may take the first or the last of a field that comes twice, so each of them counts. A
body that cannot be read names no account: all such requests count as one account.
"""

import json
from typing import Any, Final
from urllib.parse import parse_qsl

UNREADABLE: Final = ("",)
MOST_NAMED: Final = 8  # accounts in one body; more of them are unreadable
_FORM: Final = b"application/x-www-form-urlencoded"
_FORM_WORD, _JSON_WORD = "form", "json"


def accounts(source: str, content_type: bytes, body: bytes) -> tuple[str, ...]:
    """The accounts that a body names; `source` is `form:FIELD` or `json:FIELD`."""
    kind, _, field = source.partition(":")
    mimetype = content_type.partition(b";")[0].strip().lower()
    if kind == _FORM_WORD and mimetype == _FORM:
        found = _in_form(field, body)
    elif kind == _JSON_WORD and _is_json(mimetype):
        found = _in_json(field, body)
    else:
        found = []
    names = {_folded(name) for name in found if name.strip()}
    return tuple(sorted(names)) if 0 < len(names) <= MOST_NAMED else UNREADABLE


def _is_json(mimetype: bytes) -> bool:
    return mimetype == b"application/json" or (
        mimetype.startswith(b"application/") and mimetype.endswith(b"+json")
    )


def _in_form(field: str, body: bytes) -> list[str]:
    try:
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    except ValueError:
        return []
    return [value for name, value in pairs if name == field]


def _in_json(field: str, body: bytes) -> list[str]:
    found: list[str] = []

    def collect(pairs: list[tuple[str, Any]]) -> None:
        found.extend(value for name, value in pairs if name == field and isinstance(value, str))

    try:
        json.loads(body, object_pairs_hook=collect)
    except (ValueError, RecursionError):
        return []
    return found


def _folded(name: str) -> str:
    """What no application takes for two accounts: case, blanks around it and controls are one."""
    seen = "".join(each for each in name if each.isprintable())
    return seen.strip().lower().casefold()
