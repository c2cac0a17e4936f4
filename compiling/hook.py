"""The wheel's part: with FIG_BUILD=compiled it holds the C modules beside their sources.

    FIG_BUILD=compiled pip wheel --no-deps .

Hatch calls it. Without the variable the wheel holds the sources alone, fits every Python, and is
built without a compiler. It is a hook of our own and not hatch-mypyc: a wheel then holds what
`make compile` makes, with the manifest by which `chassis/compiled.py` judges it.
"""

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompiledPlane(BuildHookInterface):  # type: ignore[misc,type-arg,unused-ignore]
    """Adds the C modules to a wheel."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """What building needs besides Hatch."""
        return ["mypy>=1.13", "setuptools>=65"] if self._wanted() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile; `version` is "editable" where the checkout itself is installed."""
        if version != "standard" or not self._wanted():
            return
        sys.path.insert(0, self.root)  # the build runs without the checkout on the path
        from compiling import build, place

        lack = build.missing()
        if lack is not None:
            raise RuntimeError(f"FIG_BUILD=compiled needs {lack}; without it the wheel is Python")
        self._folder = tempfile.TemporaryDirectory(prefix="fig-wheel-")
        files = place.for_wheel(Path(self.root), Path(self._folder.name))
        build_data["force_include"] |= {str(file): where for where, file in files.items()}
        build_data["pure_python"] = False
        build_data["infer_tag"] = True

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what was built for this wheel."""
        del version, build_data, artifact_path
        if hasattr(self, "_folder"):
            self._folder.cleanup()

    def _wanted(self) -> bool:
        return self.target_name == "wheel" and os.environ.get("FIG_BUILD") == "compiled"
