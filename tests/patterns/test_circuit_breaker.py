"""Circuit breaker: after some failures nobody is called, and it heals by itself."""

import re
from typing import Any


def test_calls_are_refused_at_once_until_the_server_is_back(shop: Any, tour: Any) -> None:
    said = tour("circuit-breaker")
    asked = said["fig get /api/categories --times 60"]
    counts = {status: int(count) for count, status in re.findall(r"(\d+) x (\d{3})", asked)}
    assert counts["503"] > 0, counts
    shop.fig("get", "/api/categories", "--until", "200", "--times", "20")
