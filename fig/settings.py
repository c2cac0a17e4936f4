"""Where `fig` works: the project's folder, and the data folder with what lies where in it."""

from dataclasses import dataclass
from pathlib import Path


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
    def ended(self) -> Path:
        """There once the shop has no monolith any more."""
        return self.folder / "ended.json"

    @property
    def secrets(self) -> Path:
        """Generated passwords."""
        return self.folder / "secrets.json"
