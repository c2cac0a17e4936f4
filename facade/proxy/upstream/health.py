"""Active health: every worker asks each address of an upstream that wants it, at an interval."""

from facade.http1.responses import ResponseHead
from facade.proxy import errors
from facade.proxy.deadlines import Deadlines
from facade.proxy.errors import Failure
from facade.proxy.upstream.caller import Connection, Ignoring
from facade.proxy.upstream.instances import NEW, Instance
from facade.proxy.upstream.upstreams import Upstreams


class Check(Ignoring):
    """One request to one instance. It is the Caller of its connection."""

    def __init__(self, instance: Instance, path: str, until: float, deadlines: Deadlines) -> None:
        super().__init__(gave_up=False)
        self.deadline = until
        self._instance = instance
        self._deadlines = deadlines
        self._connection: Connection | None = None
        self._bytes = (
            f"GET {path} HTTP/1.1\r\nHost: {instance.authority}\r\n"
            "User-Agent: fig-health\r\nConnection: close\r\n\r\n"
        ).encode()

    def start(self) -> None:
        """Ask."""
        self._deadlines.add(self)
        self._instance.connect(self, NEW)

    def connected(self, connection: Connection) -> None:
        """Send the request."""
        self._connection = connection
        connection.begin(self, self._bytes, whole=True)

    def answered(self, head: ResponseHead) -> None:
        """A status below 400 means that the instance is well."""
        self._verdict(head.status < 400)

    def failed(self, _failure: Failure) -> None:
        """No answer: the instance is not well."""
        self._connection = None
        self._verdict(False)

    def expired(self, _now: float) -> None:
        """No answer in time."""
        self._verdict(False)

    def switched(self, _head: ResponseHead, _rest: bytes) -> None:
        """The check asked for no other protocol."""
        self.failed(errors.NONSENSE)

    def _verdict(self, healthy: bool) -> None:
        if self.gave_up:
            return
        self.gave_up = True
        self._deadlines.discard(self)
        self._instance.healthy = healthy
        if self._connection is not None:
            self._connection.abandon()


class Health:
    """When which instance is asked."""

    def __init__(self, upstreams: Upstreams, deadlines: Deadlines) -> None:
        self._upstreams = upstreams
        self._deadlines = deadlines
        self._next: dict[str, float] = {}  # upstream -> when

    def tick(self, now: float) -> None:
        """Ask the instances that are due; `now` in monotonic seconds."""
        for name, upstream in self._upstreams.live.items():
            health = upstream.config.health
            if health is None or self._next.get(name, 0.0) > now:
                continue
            self._next[name] = now + health.interval
            for instance in upstream.instances:
                until = now + health.timeout
                Check(instance, health.path, until, self._deadlines).start()
