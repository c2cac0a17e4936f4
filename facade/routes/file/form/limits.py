"""The entries under `limits`."""

import re
from typing import Final

from facade.routes.config.limitfile import ENFORCE, SHADOW, KeySource, LimitConfig, Rate
from facade.routes.file.form.names import TOKEN
from facade.routes.file.kinds.quantities import Whole
from facade.routes.file.kinds.structures import Field, ListOf, Record
from facade.routes.file.kinds.values import Choice, JsonSchema, Scalar, Wrong
from facade.routes.file.problems import one_of

_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_MOST: Final = 1_000_000  # requests
_PLAIN: Final = ("session", "client", "person", "api_key", "machine")
_KEYS: Final = (*_PLAIN, "cookie:NAME", "header:NAME")


class RateText(Scalar[Rate]):
    """`10/m`: so many requests in a second, minute, hour or day."""

    blank = Rate()

    def parse(self, text: str) -> Rate:
        written = re.fullmatch(r"([0-9]{1,7}) ?/ ?([smhd])", text)
        if not written or not 1 <= int(written[1]) <= _MOST:
            raise Wrong(f"expected a rate such as 5/s, 10/m, 200/h or 1000/d, not '{text}'")
        return Rate(int(written[1]), _SECONDS[written[2]])

    def schema(self) -> JsonSchema:
        return {"type": "string", "pattern": r"^[1-9][0-9]{0,6} ?/ ?[smhd]$"}


class LimitKeyText(Scalar[KeySource]):
    """`session`, `client`, `person`, `api_key`, `machine`, `cookie:NAME` or `header:NAME`."""

    blank = KeySource("client")

    def parse(self, text: str) -> KeySource:
        match text.partition(":"):
            case ("session", "", ""):
                return KeySource("session")
            case ("client", "", ""):
                return KeySource("client")
            case ("person", "", ""):
                return KeySource("person")
            case ("api_key", "", ""):
                return KeySource("api_key")
            case ("machine", "", ""):
                return KeySource("machine")
            case ("cookie", ":", name) if re.fullmatch(TOKEN, name):
                return KeySource("cookie", name)
            case ("header", ":", name) if re.fullmatch(TOKEN, name):
                return KeySource("header", name)
        raise Wrong(f"unknown key '{text}' ({one_of(_KEYS)})")

    def schema(self) -> JsonSchema:
        named = {"type": "string", "pattern": r"^(cookie|header):.+$"}
        return {"anyOf": [{"enum": [*_PLAIN]}, named]}


LIMIT = Record(
    LimitConfig,
    {
        "rate": Field(RateText(), "Requests of one key in a second, minute, hour or day.", True),
        "burst": Field(Whole(1, _MOST), "Requests at once; else the number of the rate."),
        "key": Field(
            ListOf(LimitKeyText(), 1),
            "What is counted by, first found wins; a request without any is not counted.",
            shown=["session", "client"],
        ),
        "mode": Field(
            Choice("mode", (SHADOW, ENFORCE)),
            "shadow only counts whom it would refuse; enforce refuses.",
            shown=SHADOW,
        ),
    },
)
