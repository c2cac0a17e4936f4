"""Kinds of quantities in the route file: counts, numbers, shares, times, sizes; parsed exactly."""

import re
from decimal import Decimal

from facade.routes.file.kinds.values import JsonSchema, Scalar, Wrong


class Whole(Scalar[int]):
    """A whole number within bounds."""

    def __init__(self, least: int = 1, most: int = 10**9) -> None:
        self.blank = self._least = least
        self._most = most

    def parse(self, text: str) -> int:
        if not re.fullmatch(r"-?[0-9]{1,18}", text) or not self._least <= int(text) <= self._most:
            raise Wrong(f"expected a whole number {self._least} to {self._most}, not '{text}'")
        return int(text)

    def schema(self) -> JsonSchema:
        return {"type": "integer", "minimum": self._least, "maximum": self._most}


class Number(Scalar[float]):
    """A decimal number, at least `least`."""

    def __init__(self, least: float = 0.0) -> None:
        self.blank = self._least = least

    def parse(self, text: str) -> float:
        if not re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,15})?", text) or float(text) < self._least:
            raise Wrong(f"expected a number of at least {self._least:g}, not '{text}'")
        return float(text)

    def schema(self) -> JsonSchema:
        return {"type": "number", "minimum": self._least}


class Share(Scalar[int]):
    """A percentage, `10%`, `0.1%` or `25`, in basis points; exact, steps of 0.01 %."""

    blank = 0

    def __init__(self, words: dict[str, int] | None = None) -> None:
        self._words = words or {}

    def parse(self, text: str) -> int:
        if text.lower() in self._words:
            return self._words[text.lower()]
        written = re.fullmatch(r"(-?[0-9]{1,9}(?:\.[0-9]{1,9})?) ?%?", text)
        if not written:
            raise Wrong(f"expected a percentage such as 25, 10% or 0.1%, not '{text}'")
        points = Decimal(written[1]) * 100
        if not 0 <= points <= 10_000:
            raise Wrong(f"{text} is out of range (expected 0 to 100)")
        if points != points.to_integral_value():
            raise Wrong(f"{text} is finer than the 10,000 buckets allow (steps of 0.01%)")
        return int(points)

    def schema(self) -> JsonSchema:
        number = {"type": "number", "minimum": 0, "maximum": 100}
        text = {"type": "string", "pattern": r"^(100(\.0+)?|[0-9]{1,2}(\.[0-9]{1,2})?) ?%?$"}
        words = [{"enum": [*self._words, True, False]}] if self._words else []
        return {"anyOf": [number, text, *words]}


_SECONDS = {"ms": Decimal("0.001"), "s": Decimal(1), "m": Decimal(60), "h": Decimal(3600)}


class Duration(Scalar[float]):
    """`250ms`, `2s`, `1m`, `1h`, in seconds. `0` only where it is allowed (it means: no limit)."""

    blank = 0.0

    def __init__(self, zero: bool = False) -> None:
        self._zero = zero

    def parse(self, text: str) -> float:
        written = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,3})?) ?(ms|s|m|h)", text)
        seconds = float(Decimal(written[1]) * _SECONDS[written[2]]) if written else 0.0
        if (written or text == "0") and (seconds > 0 or self._zero):
            return seconds
        raise Wrong(f"expected a time such as 250ms, 2s or 1m, not '{text}'")

    def schema(self) -> JsonSchema:
        text: JsonSchema = {"type": "string", "pattern": r"^[0-9]+(\.[0-9]{1,3})? ?(ms|s|m|h)$"}
        return {"anyOf": [text, {"const": 0}]} if self._zero else text


_BYTES = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9}
_BYTES |= {"KIB": 2**10, "MIB": 2**20, "GIB": 2**30}


class Size(Scalar[int]):
    """`64KiB`, `10MB` or a plain number of bytes."""

    blank = 0

    def parse(self, text: str) -> int:
        written = re.fullmatch(r"([0-9]{1,15}) ?([A-Za-z]{0,3})", text)
        if not written or written[2].upper() not in _BYTES or int(written[1]) == 0:
            raise Wrong(f"expected a size such as 64KiB, 10MB or 4096, not '{text}'")
        return int(written[1]) * _BYTES[written[2].upper()]

    def schema(self) -> JsonSchema:
        text = {"type": "string", "pattern": "^[0-9]+ ?([KMGkmg]?[Bb]|[KMGkmg][Ii][Bb])?$"}
        return {"anyOf": [{"type": "integer", "minimum": 1}, text]}


def written_share(points: int) -> str:
    """Basis points as people write them: 2500 is `25%`, 10 is `0.1%`."""
    whole, part = divmod(points, 100)
    return f"{whole}.{part:02}".rstrip("0").rstrip(".") + "%" if part else f"{whole}%"
