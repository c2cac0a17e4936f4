"""The journal's files in one folder, written by one process at a time.

    journal-000001.jsonl   entries, a line each; a new file begins at SEGMENT_BYTES
    head.json              the number and hash of the last entry, and of the last one let go
    evidence/N-ROUTE.json  what was known when entry N was written, its SHA-256 in the entry

At MOST_BYTES of entries the oldest file is let go, at MOST_EVIDENCE files or EVIDENCE_BYTES the
oldest evidence; the journal says so in an entry of its own. A line that a crash cut short is
removed at the next start: it was never acknowledged.
"""

import fcntl
import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from chassis.process.files import read_object, write_several, write_whole
from facade.journal.chain import Anchor, problems
from facade.journal.entry import START, Entry, Event, Kept, line_of, parse

SEGMENT_BYTES = 4 * 1024**2
MOST_BYTES = 64 * 1024**2
MOST_EVIDENCE = 500
EVIDENCE_BYTES = 64 * 1024**2
HEAD = "head.json"


class JournalAway(Exception):
    """The journal cannot be written; the message says why."""


class Journal:
    """Appends entries. Only one process may hold a folder for writing."""

    def __init__(
        self, folder: Path, segment_bytes: int = SEGMENT_BYTES, most_bytes: int = MOST_BYTES,
        most_evidence: int = MOST_EVIDENCE, evidence_bytes: int = EVIDENCE_BYTES,
    ) -> None:  # fmt: skip
        self.folder = folder
        self._segment_bytes, self._most_bytes = segment_bytes, most_bytes
        self._most_evidence, self._evidence_bytes = most_evidence, evidence_bytes
        self._lock: int | None = None
        self._anchor = Anchor()
        self._evidence: dict[str, int] = {}  # bytes of each file by its name, the oldest first

    def open(self) -> None:
        """Take the folder, and find the end of what is there. Raises JournalAway."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(self.folder, os.O_RDONLY)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _cut_torn_line(self.folder)
        except BlockingIOError:
            self.close()
            raise JournalAway(f"another process writes the journal in {self.folder}") from None
        except OSError as error:
            self.close()
            raise JournalAway(f"{self.folder}: {error.strerror or error}") from None
        self._anchor = anchor_of(self.folder)
        self._finish_trimming()
        evidence = sorted((self.folder / "evidence").glob("*.json"))
        self._evidence = {path.name: path.stat().st_size for path in evidence}
        last = next(reversed(_entries(segments(self.folder)[-1:])), None)
        if last is not None and last.number >= self._anchor.last_number:
            self._head(last.number, last.hash)

    def close(self) -> None:
        """Let others write."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def append(self, entry: Entry, evidence: dict[str, Any] | None = None) -> Kept:
        """Write an entry, and the evidence it rests on; it lasts. Raises JournalAway."""
        return self.append_all([(entry, evidence)])[0]

    def append_all(self, entries: Sequence[tuple[Entry, dict[str, Any] | None]]) -> list[Kept]:
        """Write entries, each with the evidence it rests on; they last. Raises JournalAway.

        A file that moves forty routes makes as many entries: the disk is waited for once for all
        lines, and once for each evidence.
        """
        if self._lock is None:
            raise JournalAway("the journal is not open")
        number, previous = self._anchor.last_number, self._anchor.last_hash
        kept, lines, contents = [], [], {}
        for entry, evidence in entries:
            number += 1
            if evidence is not None:
                name = f"{number:06}-{entry.route or 'all'}.json"
                contents[name] = json.dumps(evidence, ensure_ascii=False, indent=1).encode()
                entry = replace(entry, sealed=f"{name} {sha256(contents[name]).hexdigest()}")
            line, digest = line_of(entry, number, previous)
            lines.append(f"{line}\n")
            kept.append(Kept(number, entry, previous, digest))
            previous = digest
        try:
            self._seal(contents)
            self._write("".join(lines).encode())
            self._head(number, previous)
        except OSError as error:
            raise JournalAway(f"{self.folder}: {error.strerror or error}") from None
        if kept[-1].entry.event is not Event.TRIM:
            self._trim(kept[-1].entry.at)
        return kept

    def _write(self, data: bytes) -> None:
        files = segments(self.folder)
        if not files or files[-1].stat().st_size >= self._segment_bytes:
            number = int(files[-1].stem.rpartition("-")[2]) + 1 if files else 1
            path = self.folder / f"journal-{number:06}.jsonl"
        else:
            path = files[-1]
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            size = os.fstat(descriptor).st_size
            if os.write(descriptor, data) != len(data):
                os.ftruncate(descriptor, size)  # a full disk: half a line is none
                raise OSError(28, "no space left for an entry")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _head(self, number: int, digest: str) -> None:
        anchor = self._anchor
        self._anchor = Anchor(anchor.first_number, anchor.first_previous, number, digest)
        _write_anchor(self.folder, self._anchor)

    def _seal(self, contents: Mapping[str, bytes]) -> None:
        if contents:
            (self.folder / "evidence").mkdir(exist_ok=True)
            write_several(self.folder / "evidence", contents)
            self._evidence |= {name: len(content) for name, content in contents.items()}

    def _trim(self, now: float) -> None:
        trimmed = [*self._trim_segments(), *self._trim_evidence()]
        if trimmed:
            why = "; ".join(trimmed)
            self.append(Entry(Event.TRIM, now, "facade", "facade", why, str(self.folder)))

    def _trim_segments(self) -> list[str]:
        files = segments(self.folder)
        size = sum(path.stat().st_size for path in files)
        if size <= self._most_bytes or len(files) < 2:
            return []
        last = [parse(line)[0] for line in _whole_lines(files[0])][-1]
        anchor = self._anchor
        self._anchor = Anchor(last.number + 1, last.hash, anchor.last_number, anchor.last_hash)
        _write_anchor(self.folder, self._anchor)
        files[0].unlink()
        return [f"entries up to {last.number} were let go: more than {self._most_bytes:,} bytes"]

    def _finish_trimming(self) -> None:
        """Remove what was let go before a crash came in between."""
        for path in segments(self.folder)[:-1]:
            kept = _entries([path])
            if kept and kept[-1].number < self._anchor.first_number:
                path.unlink()

    def _trim_evidence(self) -> list[str]:
        kept = self._evidence
        size, gone = sum(kept.values()), 0
        while kept and (len(kept) > self._most_evidence or size > self._evidence_bytes):
            oldest = next(iter(kept))
            (self.folder / "evidence" / oldest).unlink(missing_ok=True)
            size -= kept.pop(oldest)
            gone += 1
        if not gone:
            return []
        first = next(iter(kept), "none")
        return [f"{gone} files of evidence were let go at their limit; the oldest left is {first}"]


def segments(folder: Path) -> list[Path]:
    """The files of a journal, the oldest first."""
    return sorted(folder.glob("journal-*.jsonl"))


def read(folder: Path) -> list[Kept]:
    """The entries that can be read, the oldest first."""
    return _entries(segments(folder))


def _entries(files: Sequence[Path]) -> list[Kept]:
    found = []
    for path in files:
        for line in _whole_lines(path):
            with suppress(ValueError):
                found.append(parse(line)[0])
    return found


def latest(folder: Path, route: str | None, most: int) -> list[dict[str, Any]]:
    """The last entries, of one route or of all, as `GET /api/journal` gives them."""
    kept = [one for one in read(folder) if route is None or route in one.entry.route.split(",")]
    return [{"n": one.number, **asdict(one.entry), "hash": one.hash} for one in kept[-most:]]


def checked(folder: Path) -> dict[str, Any]:
    """What `fig journal verify` answers: whether the journal is as it was written."""
    found = verify(folder)
    return {"ok": not found, "entries": len(read(folder)), "problems": found}


def verify(folder: Path) -> list[str]:
    """What is not as it was written, in words; empty where all is well."""
    lines = [
        (f"{path.name}:{at}", line)
        for path in segments(folder)
        for at, line in enumerate(_whole_lines(path), start=1)
    ]
    found = problems(lines, anchor_of(folder))
    return found + [words for one in read(folder) if (words := _sealed(folder, one))]


def _sealed(folder: Path, one: Kept) -> str:
    name, _, digest = one.entry.sealed.partition(" ")
    if not name:
        return ""
    path = folder / "evidence" / name
    try:
        content = path.read_bytes()
    except OSError:
        oldest = min((p.name for p in path.parent.glob("*.json")), default=None)
        let_go = oldest is None or name < oldest
        return "" if let_go else f"evidence of entry {one.number} ({name}): dropped"
    if sha256(content).hexdigest() == digest:
        return ""
    return f"evidence of entry {one.number} ({name}): altered"


def anchor_of(folder: Path) -> Anchor:
    """Where the chain begins and ends, as last written."""
    head = read_object(folder / HEAD) or {}
    try:
        return Anchor(
            int(head.get("first_number", 1)), str(head.get("first_previous", START)),
            int(head.get("last_number", 0)), str(head.get("last_hash", START)),
        )  # fmt: skip
    except (TypeError, ValueError):
        return Anchor()


def _write_anchor(folder: Path, anchor: Anchor) -> None:
    head = {name: getattr(anchor, name) for name in anchor.__slots__}
    write_whole(folder / HEAD, json.dumps(head), lasting=True)


def _whole_lines(path: Path) -> list[str]:
    text = path.read_bytes().decode("utf-8", "replace")
    return [line for line in text.split("\n") if line]


def _cut_torn_line(folder: Path) -> None:
    files = segments(folder)
    if not files:
        return
    data = files[-1].read_bytes()
    if data and not data.endswith(b"\n"):
        os.truncate(files[-1], data.rfind(b"\n") + 1)
