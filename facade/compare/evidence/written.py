"""How shares, bounds and times of the evidence are written, wherever they are shown."""

from math import ceil, floor, log10

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86_400.0


def share(value: float) -> str:
    """A share in percent, with two digits that say something."""
    points = value * 100
    return _percent(points, _digits(points))


def bound(value: float) -> str:
    """The same of what a share is at most: never rounded down."""
    points = value * 100
    digits = _digits(points)
    return _percent(ceil(points * 10**digits - 1e-9) / 10**digits, digits)


def least(value: float) -> str:
    """The same of what a share is at least: never rounded up."""
    points = value * 100
    digits = _digits(points)
    return _percent(floor(points * 10**digits + 1e-9) / 10**digits, digits)


def _digits(points: float) -> int:
    return 0 if points <= 0 else max(0, min(6, 1 - floor(log10(points))))


def _percent(points: float, digits: int) -> str:
    text = f"{points:.{digits}f}"
    return f"{text.rstrip('0').rstrip('.') if digits else text} %"


def span(seconds: float) -> str:
    """A length of time in the unit people would use."""
    if seconds < 1.5 * _MINUTE:
        return f"{seconds:,.0f} s"
    if seconds < 1.5 * _HOUR:
        return f"{seconds / _MINUTE:,.0f} min"
    return f"{seconds / _HOUR:,.1f} h" if seconds < 2 * _DAY else f"{seconds / _DAY:,.1f} days"
