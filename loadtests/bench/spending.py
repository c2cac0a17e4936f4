"""Who spent the CPU: processes with their children, PostgreSQL by the databases it works for."""

from pathlib import Path

from loadtests.proc import TICK, children, command_line, cpu_seconds, family

USER, SYSTEM, IDLE, WAITING = 0, 2, 3, 4  # fields of the first line of /proc/stat
SERVER = "postgres"  # its own processes: log writer, checkpoints, autovacuum


def used_by(pid: int) -> float:
    """Seconds of CPU of a process, of its children, and of those it has had."""
    return sum(cpu_seconds(each, waited_for=True) for each in family(pid))


def by_database(pid: int) -> dict[str, float]:
    """Seconds of CPU of a PostgreSQL server: `postgres` for itself, `postgres NAME` for what worked
    for that database. A backend that has ended counts as the server's own."""
    found = {SERVER: cpu_seconds(pid, waited_for=True)}
    for child in children(pid):
        name = served(command_line(child))
        found[name] = found.get(name, 0.0) + used_by(child)
    return found


def served(title: str) -> str:
    """By the title of one of its processes: `postgres: ROLE DATABASE HOST(PORT) doing`."""
    words = title.split()
    if len(words) > 3 and "(" in words[3]:
        return f"{SERVER} {words[2]}"
    if words[1:2] == ["walsender"]:
        return f"{SERVER} feed"
    return SERVER


def machine() -> tuple[float, float]:
    """Seconds that all cores were busy so far, and that they were there."""
    fields = [int(word) for word in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    there = sum(fields)
    return (there - fields[IDLE] - fields[WAITING]) / TICK, there / TICK
