"""A file of what was seen is what `fig retire --seen` reads."""

from pathlib import Path

from facade.commands.moving.absent import of_file
from fig.retire.seen import Need, document, lines


def test_the_command_reads_what_is_written() -> None:
    need = Need("session", "psql", 90.0, 3, "ann")
    observed = of_file(document("a log", 70.0, [need], 100.0), 100.0)
    assert (observed.source, observed.watched, observed.gap) == ("a log", 30.0, "it begins then")
    (read,) = observed.needs
    assert (read.kind, read.name, read.quiet, read.number, read.caller) == (
        "session", "psql", 10.0, 3, "ann",
    )  # fmt: skip
    assert of_file(document("a log", None, [], 100.0), 100.0).watched == 0.0, "nothing was watched"


def test_the_file_before_is_read_first(tmp_path: Path) -> None:
    assert list(lines(tmp_path, "legacy")) == []
    (tmp_path / "legacy.log").write_text("b\n")
    (tmp_path / "legacy.log.1").write_text("a\n")
    assert list(lines(tmp_path, "legacy")) == ["a\n", "b\n"]
