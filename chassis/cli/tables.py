"""Tables for the terminal: columns as wide as their contents, numbers to the right.

Not by rich: a table is the same in a pipe, however wide the terminal is, and costs no start-up.
"""

from collections.abc import Collection, Sequence

Cell = str | int | float | None
GAP = "  "


def table(head: Sequence[str], rows: Sequence[Sequence[Cell]], right: Collection[int] = ()) -> str:
    """Lines without trailing blanks; None shows as a dash. Columns of numbers stand to the right,
    and so do those in `right`, whose texts are numbers with a unit. An empty head is left out."""
    texts = [[_text(cell) for cell in row] for row in rows]
    lines = [list(head), *texts] if head else texts
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    to_right = [
        at in right or all(_is_number(row[at]) for row in rows) for at in range(len(widths))
    ]
    return "\n".join(_line(line, widths, to_right) for line in lines)


def duration(seconds: float) -> str:
    """`42 s`, `7 min`, `3 h 5 min`."""
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    padded = (
        cell.rjust(width) if to_right else cell.ljust(width)
        for cell, width, to_right in zip(cells, widths, right, strict=True)
    )
    return GAP.join(padded).rstrip()


def _is_number(cell: Cell) -> bool:
    return cell is None or isinstance(cell, int | float)


def _text(cell: Cell) -> str:
    if cell is None:
        return "–"
    if isinstance(cell, float):
        return f"{cell:,.1f}"
    return f"{cell:,}" if isinstance(cell, int) else cell
