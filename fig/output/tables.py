"""Tables for the terminal: columns as wide as their contents, numbers to the right."""

from collections.abc import Sequence

Cell = str | int | float | None
GAP = "  "


def table(head: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """Lines without trailing blanks; None shows as a dash."""
    texts = [list(head), *([_text(cell) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    right = [all(_is_number(row[index]) for row in rows) for index in range(len(head))]
    return "\n".join(_line(line, widths, right) for line in texts)


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
    return (
        f"{cell:,.1f}"
        if isinstance(cell, float)
        else f"{cell:,}"
        if isinstance(cell, int)
        else cell
    )
