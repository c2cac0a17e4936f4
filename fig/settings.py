"""What `fig` was told: options of its commands, each also a FIG_… variable."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fig.stack.ports import DEFAULT_BASE
from fig.stack.stack import Wishes


def project_root() -> Path:
    """The checkout; the current folder where fig was installed without one."""
    root = Path(__file__).resolve().parents[1]
    return root if (root / "pyproject.toml").exists() else Path.cwd()


@dataclass(frozen=True)
class Home:
    """The data folder and what lies where in it."""

    folder: Path

    @property
    def state(self) -> Path:
        """What the running stack wrote down."""
        return self.folder / "run" / "state.json"

    @property
    def lock(self) -> Path:
        """Held by the supervisor while it lives."""
        return self.folder / "run" / "lock"

    @property
    def spool(self) -> Path:
        """Where commands and the supervisor leave each other files."""
        return self.folder / "run" / "spool"

    @property
    def logs(self) -> Path:
        """A file for each process, and `fig.log` of the supervisor when detached."""
        return self.folder / "logs"

    @property
    def secrets(self) -> Path:
        """Generated passwords."""
        return self.folder / "secrets.json"


@dataclass(frozen=True)
class Order:
    """What `fig up` shall bring up."""

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
            "scale": str(self.wishes.scale),
            "postgres_bin": self.wishes.postgres_bin or "",
            "nats_bin": self.nats_bin or "",
            "extra": " ".join(sorted(extra)),
        }
