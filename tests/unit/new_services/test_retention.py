"""The page on what is kept says what the code does. As a program it prints the page's tables."""

from importlib import import_module
from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs" / "retention.md"
SERVICES = ("accounts", "catalog", "inventory", "notifications", "orders", "payments", "sales")


def tables() -> str:
    """One for each service."""
    lines: list[str] = []
    for service in SERVICES:
        lines += [f"### {service}", "", "| table | kept | why so long |", "|---|---|---|"]
        for rule in import_module(f"new_services.{service}.cleaning").RULES:
            lines.append(f"| `{rule.table}` | {rule.keep} | {rule.why} |")
        lines.append("")
    return "\n".join(lines)


def test_the_page_has_every_rule() -> None:
    assert tables().strip() in PAGE.read_text("utf-8")


if __name__ == "__main__":
    print(tables())
