"""What `fig up` is to bring up, and how two such orders are compared."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fig.settings import Home
from fig.stack.ports import DEFAULT_BASE
from fig.stack.stack import Options


@dataclass(frozen=True)
class Order:
    """What `fig up` is to bring up."""

    home: Home
    routes: Path
    port_base: int = DEFAULT_BASE
    options: Options = field(default_factory=Options)
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
            "facade_workers": str(self.options.facade_workers),
            "instances": str(self.options.instances),
            "scale": str(self.options.scale),
            "monolith": "yes" if self.options.monolith else "no",
            "seed": "yes" if self.options.seed else "no",
            "postgres_bin": self.options.postgres_bin or "",
            "nats_bin": self.nats_bin or "",
            "extra": " ".join(sorted(extra)),
        }
