"""What the tests of the accounts share."""

from collections.abc import Mapping

from contracts.logins import Login, LoginsAway

NOW = 1_790_000_000.0


class FakeLogins:
    """The owner's logins, played."""

    def __init__(self, known: Mapping[str, Login]) -> None:
        self.known = known
        self.asked: list[str] = []
        self.away = False

    async def find(self, address: str) -> Login | None:
        self.asked.append(address)
        if self.away:
            raise LoginsAway("played")
        return self.known.get(address)
