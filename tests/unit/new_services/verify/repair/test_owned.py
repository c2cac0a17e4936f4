"""Which entities legacy is no authority for."""

from typing import Any

import pytest

from new_services.verify.repair.owned import owned


class Connection:
    """A service's database with these domains that are not legacy's."""

    def __init__(self, domains: list[str] | None) -> None:
        self.domains = domains

    async def fetchval(self, _: str) -> bool:
        return self.domains is not None

    async def fetch(self, _: str) -> list[dict[str, Any]]:
        return [{"domain": domain} for domain in self.domains or ()]


@pytest.mark.parametrize(
    ("domains", "expected"),
    [
        (None, {}),
        ([], {}),
        (["goods"], {"category": "goods", "product": "goods", "variant": "goods"}),
    ],
)
async def test_owned(domains: list[str] | None, expected: dict[str, str]) -> None:
    assert await owned(Connection(domains)) == expected  # type: ignore[arg-type]
