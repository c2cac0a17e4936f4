"""A process in which what is deleted with the monolith cannot be imported."""

import subprocess
import sys
from collections.abc import Mapping

_DELETED = """
import sys

GONE = (
    "legacy_monolith", "new_services.anticorruption", "new_services.feed", "migrations.legacy",
)

class Deleted:
    def find_spec(self, name, path=None, target=None):
        if name.startswith(GONE):
            raise ModuleNotFoundError(f"{name} is deleted", name=name)

sys.meta_path.insert(0, Deleted())
"""


def run(
    code: str, *arguments: str, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """What the code says, and how it ends, where all of that is deleted."""
    program = [sys.executable, "-c", f"{_DELETED}\n{code}", *arguments]
    return subprocess.run(program, env=env, capture_output=True, text=True, timeout=60)
