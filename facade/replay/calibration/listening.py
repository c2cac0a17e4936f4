"""What the calibration asks of a facade's admin port; each raises NoAnswer."""

from typing import Any

from chassis.cli.calls import NoAnswer, call, call_object

_NOISE = "/api/compare/noise"


def healthy(admin: str) -> bool:
    """Whether every worker decides by a table."""
    try:
        call(f"{admin}/readyz")
    except NoAnswer:
        return False
    return True


def comparison(admin: str) -> dict[str, Any]:
    """`GET /api/compare`."""
    return call_object(f"{admin}/api/compare")


def reset(admin: str) -> None:
    """Reset the evidence of all routes."""
    call(f"{admin}/api/compare/reset", method="POST")


def hand_over(source: str, target: str) -> list[str]:
    """Give what one facade has learned of noise to another; the routes that took it over."""
    noise = call_object(f"{source}{_NOISE}")
    taken = call_object(f"{target.rstrip('/')}{_NOISE}", method="POST", body=noise)
    return list(taken["taken"])
