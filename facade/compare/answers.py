"""One request's two answers."""

from dataclasses import dataclass

from chassis.web.headers import DECLINED, WAITED

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What one side said. `error` names the phase in which it failed; then there is no status."""

    status: int
    headers: Headers = ()  # names in lower case, in wire order
    body: bytes = b""
    ms: float = 0.0
    error: str | None = None

    @property
    def own_ms(self) -> float:
        """Without what a read model waited to be as fresh as the copy asked (`Fig-Waited`).

        A copy asks for the very moment of the live request, which no client does.
        """
        waited = self.header(WAITED.lower())
        return max(0.0, self.ms - int(waited) / 1000.0) if waited.isdecimal() else self.ms

    @property
    def declined(self) -> bool:
        """Whether a read model said that it is behind, so that legacy is to answer: no error."""
        return self.status == 503 and bool(self.header(DECLINED.lower()))

    def header(self, name: str) -> str:
        """The values of a header joined with commas; empty when it is missing."""
        return ", ".join(value for key, value in self.headers if key == name)

    def lines(self, name: str) -> list[str]:
        """Each value of a header that must not be joined, such as `set-cookie`."""
        return [value for key, value in self.headers if key == name]


@dataclass(frozen=True, slots=True)
class Pair:
    """The same request, asked on both sides at the same time."""

    route: str
    method: str
    target: str
    control: Answer
    candidate: Answer
    stage: str = "shadow"
    percent: int | None = None  # basis points
    version: str = ""
    request_id: str = ""
    started: float = 0.0  # unix seconds
    signed_in: bool = False
    query_keys: tuple[str, ...] = ()
    live: str = "legacy"  # the side that answered the client
    body_shape: str = ""  # of the request: names and types, no values
    origin: str = ""  # the client's own, such as https://shop.example; empty when it is not known

    @property
    def url(self) -> str:
        """What the client asked for, as addresses in an answer are resolved: may lack an origin."""
        return self.origin + self.target

    @property
    def size(self) -> int:
        """Bytes of both bodies."""
        return len(self.control.body) + len(self.candidate.body)
