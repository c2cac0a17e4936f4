"""The figures in the monolith's page of the sales report, as the sales service gives them."""

import html
import re

_ROW = re.compile(
    r"<tr><td>(?P<name>.*?)</td>"
    r'<td class="number">(?P<orders>\d+)</td><td class="number">(?P<pieces>\d+)</td>'
    r'<td class="number">(?P<revenue>[\d.]+) €</td>.*?'
    r'<td class="number wideonly">(?P<cancelled>[\d.]+) €</td></tr>',
    re.DOTALL,
)


def figures(page: str) -> list[dict[str, str | int]]:
    """A row for each category that sold something, in the page's order; money is text, in euros."""
    return [
        {
            "name": html.unescape(row["name"]),
            "orders": int(row["orders"]),
            "pieces": int(row["pieces"]),
            "revenue": row["revenue"],
            "cancelled": row["cancelled"],
        }
        for row in _ROW.finditer(page)
    ]
