"""Every upstream of the table in force, with the addresses that files say it has."""

from collections.abc import Mapping

from facade.proxy.deadlines import Deadlines
from facade.proxy.upstream.dialing import Dial
from facade.proxy.upstream.instances import Upstream
from facade.rewriting.asked import RequestRewrite
from facade.routes.config.routefile import UpstreamConfig


class Upstreams:
    """Every upstream of the table in force, and again for copies, with limits of their own."""

    def __init__(self, deadlines: Deadlines, dial: Dial) -> None:
        self.live: dict[str, Upstream] = {}
        self.shadow: dict[str, Upstream] = {}
        self.mended: dict[str, dict[str, int]] = {}  # upstream -> kind -> answers put right
        self._deadlines = deadlines
        self._dial = dial
        self._discovered: Mapping[str, list[str]] = {}
        self._redirected: Mapping[str, list[str]] = {}

    def use(
        self,
        configs: Mapping[str, UpstreamConfig],
        shadow_limit: int,
        *,
        any_case: bool = False,
    ) -> dict[str, tuple[Upstream, Upstream]]:
        """Take the upstreams of a new table; unchanged ones keep their connections.

        Returns for each name the upstream of clients and the one of copies. With `any_case` paths
        are the same in lower and upper case.
        """
        self._replace(self.live, configs, None)
        self._replace(self.shadow, configs, shadow_limit)
        for upstream in (*self.live.values(), *self.shadow.values()):
            upstream.asked = RequestRewrite.of(upstream.config, any_case=any_case)
        self.discovered(self._discovered)
        return {name: (self.live[name], self.shadow[name]) for name in configs}

    def without_addresses(self, name: str) -> tuple[Upstream, Upstream]:
        """An upstream without addresses, in place of one that the table does not have."""
        one = Upstream(UpstreamConfig(name), 1, self._deadlines, self._dial, {})
        return one, one

    def discovered(self, instances: Mapping[str, list[str]]) -> None:
        """Take the addresses that the registry has for each service."""
        self._discovered = instances
        for name, upstream in (*self.live.items(), *self.shadow.items()):
            service = upstream.config.service
            known = upstream.config.urls if service is None else instances.get(service, [])
            upstream.set_addresses(self._redirected.get(name) or known)

    def redirected(self, addresses: Mapping[str, list[str]]) -> None:
        """Ask these addresses in place of an upstream's own, until the next call."""
        self._redirected = addresses
        self.discovered(self._discovered)

    def sweep(self, now: float) -> None:
        """Close connections idle for too long, and fail callers that waited too long."""
        for upstream in (*self.live.values(), *self.shadow.values()):
            upstream.sweep(now)

    def _replace(
        self, held: dict[str, Upstream], configs: Mapping[str, UpstreamConfig], limit: int | None
    ) -> None:
        for name in [*held]:
            config = configs.get(name)
            known = held[name]
            if config is None or config != known.config or (limit or 0) not in (0, known.limit):
                held.pop(name).set_addresses(())
        for name, config in configs.items():
            if name not in held:
                most = limit or config.connections
                mended = self.mended.setdefault(name, {})
                held[name] = Upstream(config, most, self._deadlines, self._dial, mended)
