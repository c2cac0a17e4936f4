"""What `fig up` is to bring up, and how two such orders are compared."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fig.settings import Home
from fig.stack.ports import DEFAULT_BASE
from fig.stack.stack import Wishes


@dataclass(frozen=True)
class Order:
    """What `fig up` is to bring up."""

    home: Home
    routes: Path
    port_base: int = DEFAULT_BASE
    wishes: Wishes = field(default_factory=Wishes)
    nats_bin: str | None = None
    extra: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def described(self) -> dict[str, str]:
        """The options of `fig up` by name: two orders that differ here are two stacks."""
        extra = [
            f"{process}.{key}={value}"
            for process, values in self.extra.items()
            for key, value in values.items()
        ]
        return {
            "routes": str(self.routes),
            "port_base": str(self.port_base),
            "facade_workers": str(self.wishes.facade_workers),
            "instances": str(self.wishes.instances),
            "scale": str(self.wishes.scale),
            "monolith": "yes" if self.wishes.monolith else "no",
            "seed": "yes" if self.wishes.seed else "no",
            "postgres_bin": self.wishes.postgres_bin or "",
            "nats_bin": self.nats_bin or "",
            "extra": " ".join(sorted(extra)),
        }
