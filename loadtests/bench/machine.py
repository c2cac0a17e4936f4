"""What a benchmark needs of the machine, and what the machine is."""

import os
import platform
import pwd
import shutil
import sys
import sysconfig
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
ENVOY = PROJECT / ".venv-bench" / "bin" / "envoy"
DEBIAN = {"wrk": "wrk", "nginx": "nginx", "haproxy": "haproxy", "taskset": "util-linux"}
PROXY_CORE, LOAD_CORE = 0, 1


def tool(name: str) -> str:
    """The path of a program; servers of Debian often lie in a folder outside PATH."""
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin") or ""


def user() -> str:
    """Whose worker nginx is to be: started by root it would be one who cannot read our folder."""
    return pwd.getpwuid(os.getuid()).pw_name


def check() -> str | None:
    """What is missing and how to get it, or None."""
    missing = [package for name, package in DEBIAN.items() if not tool(name)]
    if missing:
        return "missing programs; run: apt-get install " + " ".join(missing)
    if not ENVOY.exists():
        return "Envoy is missing; run it as `make bench`, which installs it into .venv-bench"
    if len(os.sched_getaffinity(0)) < 2:
        return "two cores are needed: one for the proxy, one for load and upstream"
    return None


def described() -> str:
    """The machine in a line, without its name, and the build of its Python."""
    models = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return (
        f"{len(models)} × {models[0] if models else platform.machine()}, {pages / 2**30:.0f} GiB, "
        f"Linux {platform.release().partition('-')[0]}, Python {sys.version.split()[0]} "
        f"({platform.python_compiler()}, configured {_guided()} --enable-optimizations)"
    )


def _guided() -> str:
    """Whether Python was configured for profile guidance; a packager may guide it otherwise."""
    given = "--enable-optimizations" in str(sysconfig.get_config_var("CONFIG_ARGS"))
    return "with" if given else "without"
