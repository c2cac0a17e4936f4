"""The URL map of a Flask application, asked in the application's own environment."""

import json
import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from facade.draft.templates import parameter_name

PROGRAM = Path(__file__).with_name("flask_map.py")
SECONDS = 60.0
_CONVERTER = re.compile(r"<(?:[^<>:]*:)?([^<>:]+)>")


class NoApplication(Exception):
    """It cannot be imported; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class UrlMap:
    """Methods and templates, and the session cookie's name."""

    rules: tuple[tuple[str, str], ...]
    session_cookie: str


def ask(target: str, python: str) -> UrlMap:
    """`target` is MODULE:APP, `python` the interpreter that has it. Raises NoApplication."""
    with tempfile.TemporaryDirectory(prefix="fig-init-") as folder:
        file = Path(folder) / "map.json"
        try:
            done = subprocess.run(
                [python, str(PROGRAM), target, str(file)],
                capture_output=True, text=True, check=False, timeout=SECONDS,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            raise NoApplication(f"{python} cannot ask {target}: {error}") from None
        if done.returncode != 0 or not file.exists():
            raise NoApplication(_complaint(target, python, done.stderr))
        return read(file.read_text())


def read(text: str) -> UrlMap:
    """What `flask_map` wrote."""
    found = json.loads(text)
    rules = tuple(
        (method, template)
        for rule in found["rules"]
        if (template := template_of(rule["rule"])) is not None
        for method in rule["methods"]
        if method not in ("HEAD", "OPTIONS")
    )
    return UrlMap(rules, found["session_cookie"])


def template_of(rule: str) -> str | None:
    """`/orders/<int:id>` as a template; None where there is none, as with a path in the middle.

    A segment that is in part a parameter becomes one as a whole.
    """
    names: list[str] = []
    parts: list[str] = []
    segments = rule.split("/")[1:]
    for at, segment in enumerate(segments):
        found = _CONVERTER.findall(segment)
        if not found:
            parts.append(segment)
            continue
        name = parameter_name(found[0], names)
        names.append(name)
        tail = segment.startswith("<path:")
        if tail and at < len(segments) - 1:
            return None
        parts.append(f"{{{name}*}}" if tail else f"{{{name}}}")
    return "/" + "/".join(parts)


def _complaint(target: str, python: str, said: str) -> str:
    last = (said.strip().splitlines() or ["it said nothing"])[-1]
    hint = ""
    if "No module named 'flask'" in last:
        hint = "; --python names the interpreter of the application's environment"
    return f"{python} cannot import {target}: {last}{hint}"
