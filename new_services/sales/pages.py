"""The report's page, byte for byte as legacy writes it, and how a visitor is refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from urllib.parse import quote, urlencode

from new_services.sales.domain import Period, Row, total

TEMPLATES = Path(__file__).with_name("templates")
_SPECIAL = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&#39;", '"': "&#34;"})
# What a page may say after a form was sent.
NOTICES = {
    "added": "Added to your cart.",
    "updated": "Your cart is up to date.",
    "saved": "Saved.",
    "welcome": "Welcome! Your account is ready.",
    "hello": "Good to see you again.",
    "bye": "You are logged out.",
    "cancelled": "The order is cancelled; you get your money back.",
    "shipped": "Too late: this order cannot be cancelled any more.",
}
FORBIDDEN = (
    "You don't have the permission to access the requested resource."
    " It is either read-protected or not readable by the server."
)
TITLES = {
    403: "Staff only",
    404: "Nothing here",
    405: "Not like this",
    500: "Our fault",
    503: "Back in a moment",
}
NOTHING = '<p class="empty">Nothing was sold in these days.</p>'
BROKEN = "Something went wrong on our side."


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whose page it is, and what stands around its content."""

    name: str
    form_token: str
    pieces: int  # in the cart
    notice: str
    menu: Sequence[tuple[str, str]]  # code and name


def escaped(text: str) -> str:
    """As legacy escapes it."""
    return text.translate(_SPECIAL)


class Pages:
    """The templates, read once."""

    def __init__(self, folder: Path = TEMPLATES) -> None:
        """Raises OSError."""
        self._report, self._table, self._row, self._error = (
            (folder / f"{name}.html").read_text("utf-8").removesuffix("\n")
            for name in ("report", "table", "row", "error")
        )

    def report(self, visitor: Visitor, span: Period, rows: Sequence[Row]) -> bytes:
        """The whole page; rows in their order."""
        page = self._report.format(
            token=escaped(visitor.form_token),
            name=escaped(visitor.name),
            cart=f" <b>{visitor.pieces}</b>" if visitor.pieces else "",
            menu="".join(_entry(code, name) for code, name in visitor.menu),
            notice=_notice(visitor.notice),
            dates=f"{_day(span.first)} – {_day(span.last)}",
            first=span.first,
            last=span.last,
            csv=escaped(f"/admin/report.csv?from={span.first}&to={span.last}"),
            content=self._filled(rows) if rows else NOTHING,
        )
        return page.encode()

    def _filled(self, rows: Sequence[Row]) -> str:
        best = rows[0].revenue or Decimal(1)
        lines = "".join(
            self._row.format(
                name=escaped(row.name),
                orders=row.orders,
                pieces=row.pieces,
                revenue=row.revenue,
                width=round(100 * row.revenue / best, 1),
                cancelled=row.cancelled,
            )
            for row in rows
        )
        return self._table.format(rows=lines, total=total(rows))

    def error(self, status: int, message: str) -> bytes:
        """Without menu and cart."""
        title = TITLES.get(status, "That did not work")
        return self._error.format(status=status, title=title, message=escaped(message)).encode()


def _entry(code: str, name: str) -> str:
    address = "/category/" + quote(code, safe="!$&'()*+,/:;=@")
    return f'\n        <a href="{escaped(address)}">{escaped(name)}</a>\n      '


def _notice(key: str) -> str:
    text = NOTICES.get(key)
    return f'<p class="notice" role="status">{escaped(text)}</p>' if text else ""


def _day(day: date) -> str:
    return day.strftime("%d.%m.%Y")


def login_address(path: str, query: str) -> str:
    """Where a stranger logs in, to come back here."""
    here = f"{path}?{query}" if query else path
    return "/login?" + urlencode({"next": here}, safe="!$'()*,/:;?@")


def redirect(address: str) -> bytes:
    """The body beside `Location`."""
    shown = escaped(address)
    return (
        "<!doctype html>\n<html lang=en>\n<title>Redirecting...</title>\n"
        "<h1>Redirecting...</h1>\n"
        "<p>You should be redirected automatically to the target URL: "
        f'<a href="{shown}">{shown}</a>. If not, click the link.\n'
    ).encode()
