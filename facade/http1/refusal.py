"""Why a message is refused."""


class Refused(Exception):
    """The message is malformed, ambiguous or too large; `status` says so to a client.

    From an upstream the same refusal is a 502: the status then plays no part.
    """

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
