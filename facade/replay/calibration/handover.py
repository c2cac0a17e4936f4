"""Give what a calibration has learned of noise to a facade that runs."""

import json
from urllib.request import Request

from facade.replay.calibration.listening import asked

_PATH = "/api/compare/noise"


def hand_over(source: str, target: str) -> list[str]:
    """From one admin port to another; the routes that took it over. Raises Silent."""
    noise = asked(Request(f"{source}{_PATH}"))
    told = Request(
        f"{target}{_PATH}",
        data=json.dumps(noise).encode(),
        headers={"Content-Type": "application/json"},
        method="POST",
    )
    return list(asked(told)["taken"])
