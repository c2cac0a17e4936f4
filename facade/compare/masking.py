"""What may be shown and stored of a value: bounded in size, without secrets."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlencode

from facade.compare.json.values import Json
from facade.compare.paths import At, printable
from facade.compare.rules import Rule
from facade.compare.secrets import MASK, SIGNED, is_secret, without_secrets

_TEXT = 240  # characters kept of a text
_NAME = 80  # characters kept of a member's name
_ITEMS = 12  # members or elements kept of each level
_LEVELS = 4


_PATH_PARAMETER = re.compile(r";(?P<name>[^=;/?#]{1,60})=[^;/?#]*")


def preview(value: Json, rule: Rule | None = None, levels: int = _LEVELS) -> Any:
    """A copy of the value that is small, safe to store, and ready for JSON.

    `rule` is what the operator says of the value's place; it may call members secret.
    """
    if rule is not None and rule.secret:
        return MASK
    if isinstance(value, str):
        start = without_secrets(_without_surrogates(value[:_TEXT]))
        return start if len(value) <= _TEXT else f"{start}… ({len(value)} characters)"
    if isinstance(value, Decimal):
        return _number(value)
    if type(value) is int and abs(value) >= 2**53:
        return _shown(hex(value) if value.bit_length() > 10_000 else str(value))
    if isinstance(value, dict):
        return _members(value, rule, levels)
    if isinstance(value, list):
        if levels == 0:
            return f"(array of {len(value)})"
        inside = rule and rule.step(At(""))
        shown = [preview(item, inside, levels - 1) for item in value[:_ITEMS]]
        return [*shown, f"… ({len(value)} elements)"] if len(value) > _ITEMS else shown
    return value


def _without_surrogates(text: str) -> str:
    """Half a surrogate pair can be neither stored nor sent: it is shown as `\\ud800`."""
    return text.encode("utf-8", "backslashreplace").decode()


def _number(value: Decimal) -> float | str:
    """A number, so that it is not taken for text; where its digits would change, in words."""
    plain = float(value)
    if Decimal(repr(plain)).as_tuple() == value.as_tuple():
        return plain
    return f"{_shown(str(value))} (a number)"


def _shown(text: str) -> str:
    return text if len(text) <= _TEXT else f"{text[:_TEXT]}… ({len(text)} digits)"


def _members(value: dict[str, Any], rule: Rule | None, levels: int) -> Any:
    if levels == 0:
        return f"(object of {len(value)})"
    shown = {
        printable(name[:_NAME]): MASK
        if is_secret(name)
        else preview(item, rule and rule.step(name), levels - 1)
        for name, item in list(value.items())[:_ITEMS]
    }
    if len(value) > _ITEMS:
        shown["…"] = f"({len(value)} members)"
    return shown


def mask_target(target: str) -> str:
    """A request's target without the values of parameters whose name says secret, also of those in
    its path (`/cart;jsessionid=…`), and without signed tokens."""
    target = SIGNED.sub(MASK, target)
    path, mark, query = target.partition("?")
    path = mask_path(path, is_secret)
    if not mark:
        return _cut(path)
    pairs = parse_qsl(query, keep_blank_values=True, errors="replace")
    if not any(is_secret(name) for name, _ in pairs):
        return _cut(f"{path}?{query}")
    masked = [(name, MASK if is_secret(name) else value) for name, value in pairs]
    return _cut(f"{path}?{urlencode(masked, safe='()')}")


def mask_path(path: str, is_secret: Callable[[str], bool]) -> str:
    """A path without the values of its secret parameters: `/cart;jsessionid=(secret)`."""

    def masked(found: re.Match[str]) -> str:
        return f";{found['name']}={MASK}" if is_secret(found["name"]) else found[0]

    return _PATH_PARAMETER.sub(masked, path)


def _cut(target: str, most: int = 2000) -> str:
    return target if len(target) <= most else f"{target[:most]}…"
