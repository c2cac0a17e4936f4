"""How an instance of a service announces itself: an entry of a key-value bucket that expires."""

from dataclasses import dataclass

BUCKET = "registry"
RENEW_SECONDS = 2.0
LEAVING_SECONDS = 0.3  # until all callers know that an instance leaves
EXPIRE_SECONDS = 10.0  # after this an instance that was killed is removed


@dataclass(frozen=True, slots=True)
class Registration:
    """One instance of one service, and the URL it answers under; as JSON the entry's value."""

    service: str
    url: str
    instance: str
    started: str  # RFC 3339, UTC
    version: str = ""  # of what runs there

    @property
    def key(self) -> str:
        """The bucket's key: `<service>.<instance>`."""
        return f"{self.service}.{self.instance}"
