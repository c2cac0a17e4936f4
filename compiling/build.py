"""Sources in, C modules out: mypyc writes C, the C compiler builds it."""

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from chassis.compiled import GROUP, LIBRARY, MANIFEST, Manifest, c_module, digest
from compiling import sources

# The same types whatever is installed: what libraries return is checked when the code runs.
MYPY: Final = ("--config-file=", "--no-site-packages", "--ignore-missing-imports",
               "--follow-imports=silent", "--strict-optional")  # fmt: skip
LEVEL: Final = "2"  # of optimisation
MORE: Final = (
    # gcc would look up the column of every block in lines that mypyc indents by hundreds of blanks:
    # half of the compiler's time.
    "-Wno-misleading-indentation",
    # Functions of the library call each other directly, and may be put into each other.
    "-fvisibility=hidden",
)


def missing() -> str | None:
    """What building needs and this machine lacks; None when all of it is here."""
    compiler = (sysconfig.get_config_var("CC") or "cc").split()[0]
    if shutil.which(compiler) is None:
        return f"the C compiler ({compiler})"
    headers = sysconfig.get_path("include")
    if not Path(headers, "Python.h").exists():
        return "Python's headers (Python.h)"
    said = _trial(compiler, headers)
    return None if said is None else f"a C compiler that can build for Python ({said})"


def _trial(compiler: str, headers: str) -> str | None:
    """The compiler's error for an empty module; None when it built the module.

    A machine may have a compiler without the headers of the C library, or without a linker.
    """
    with tempfile.TemporaryDirectory(prefix="fig-compiler-") as folder:
        source = Path(folder, "trial.c")
        source.write_text("#include <Python.h>\n", "utf-8")
        words = [compiler, "-shared", "-fPIC", f"-I{headers}", "-o", f"{folder}/trial", str(source)]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return None
    return next((line for line in done.stderr.splitlines() if "error" in line), compiler)


def build(root: Path, folder: Path) -> dict[str, Path]:
    """Compile the data plane of the checkout at `root`, in this empty folder.

    Returns the files by the paths, below the root, where they belong. Raises RuntimeError with
    what mypyc or the compiler said.
    """
    names = sources.compiled(root)
    manifest: Manifest = {
        "compiled": {name: digest(root / name) for name in names},
        "read": {name: digest(root / name) for name in sources.read(root, names)},
    }
    output = folder / "built"
    with _inside(root), _quiet() as said:
        try:
            _compile(names, folder, output)
        except (Exception, SystemExit) as error:
            raise RuntimeError(f"{said.getvalue()}{error}") from error
    written = output / MANIFEST
    written.write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")
    places = [LIBRARY, *map(c_module, names), MANIFEST]
    return {place: output / place for place in places}


def _compile(names: list[str], folder: Path, output: Path) -> None:
    # Needed for building alone, and not installed with the wheel.
    from mypyc.build import mypycify
    from setuptools import Distribution
    from setuptools.command.build_ext import build_ext

    extensions = mypycify(
        [*MYPY, f"--cache-dir={folder / 'types'}", *names],
        opt_level=LEVEL,
        debug_level="0",
        group_name=GROUP,
        target_dir=str(folder / "c"),
    )
    for extension in extensions:
        extension.extra_compile_args += [*MORE]
    settings: dict[str, Any] = {"name": "plane", "packages": [], "ext_modules": extensions}
    command = build_ext(Distribution(settings))
    command.build_lib = str(output)
    command.build_temp = str(folder / "objects")
    command.parallel = os.cpu_count()
    command.ensure_finalized()
    command.run()


@contextlib.contextmanager
def _inside(root: Path) -> Iterator[None]:
    """mypy names modules by their paths below the working directory."""
    before = Path.cwd()
    os.chdir(root)
    try:
        yield
    finally:
        os.chdir(before)


@contextlib.contextmanager
def _quiet() -> Iterator[io.StringIO]:
    """Keep what mypyc prints, to be shown only where it fails."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        yield said
    sys.stdout.flush()
