"""The copy of the tree without what goes, and an environment to run it in."""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.rigs.alone.needing import deleted, files, needing


@dataclass(frozen=True)
class Copy:
    """Where it stands, and what was left out of it."""

    folder: Path
    deleted: set[str]
    needing: Mapping[str, str]

    @property
    def python(self) -> str:
        """The interpreter of its own environment."""
        return str(self.folder / ".venv" / "bin" / "python")


def copy(root: Path, folder: Path) -> Copy:
    """Make it; `folder` must not exist, or be empty. It is a git checkout: some tests ask git."""
    names = files(root)
    gone, need = deleted(names), needing(root, names)
    for name in names:
        if name not in gone and name not in need:
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, target)
    for words in (("init", "--quiet"), ("add", "--all")):
        subprocess.run(["git", *words], cwd=folder, check=True)
    return Copy(folder, gone, need)


def install(made: Copy) -> None:
    """By its own `make install`, into an environment of its own."""
    subprocess.run(["make", "--silent", "install"], cwd=made.folder, check=True)


def borrow(made: Copy, site_packages: Path) -> None:
    """The same quicker: with the packages that are installed elsewhere, and none of that tree's."""
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", made.folder / ".venv"], check=True
    )
    own = next((made.folder / ".venv" / "lib").glob("python*")) / "site-packages"
    programs = Path(sys.executable).parent  # those of wheels, such as nats-server
    for program in programs.iterdir():
        link = made.folder / ".venv" / "bin" / program.name
        if not link.exists():
            link.symlink_to(program)
    # What stands in a folder that is named so is found; its own .pth files are not read.
    (own / "borrowed.pth").write_text(f"{made.folder}\n{site_packages}\n")
