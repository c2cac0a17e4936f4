"""JUnit XML, which every CI reads: a suite of cases that passed, failed or were skipped."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as xml


@dataclass(frozen=True, slots=True)
class Case:
    """One route. `failure` None: it passed, or was skipped where `skipped` says why."""

    name: str
    failure: str | None = None
    causes: str = ""  # the text under the failure
    skipped: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class Suite:
    """`name` is what people see, `classname` what they select by; `seconds` it took."""

    name: str
    classname: str
    cases: Sequence[Case]
    seconds: float | None = None
    said: str = ""


def document(found: Suite) -> str:
    """The whole file."""
    suite = xml.Element("testsuite", name=found.name)
    if found.seconds is not None:
        suite.set("time", f"{found.seconds:.3f}")
    for name, count in _counts(found.cases).items():
        suite.set(name, str(count))
    for case in found.cases:
        _append(suite, case, found.classname)
    _say(suite, found.said)
    root = xml.Element("testsuites")
    root.append(suite)
    xml.indent(root)
    return xml.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _counts(cases: Sequence[Case]) -> dict[str, int]:
    failures = sum(case.failure is not None for case in cases)
    skipped = sum(case.failure is None and bool(case.skipped) for case in cases)
    return {"tests": len(cases), "failures": failures, "errors": 0, "skipped": skipped}


def _append(suite: xml.Element, case: Case, classname: str) -> None:
    element = xml.SubElement(suite, "testcase", classname=classname, name=_legal(case.name))
    if case.failure is not None:
        failure = xml.SubElement(element, "failure", message=_legal(case.failure))
        failure.text = _legal(case.causes)
    elif case.skipped:
        xml.SubElement(element, "skipped", message=_legal(case.skipped))
    _say(element, case.said)


def _say(element: xml.Element, said: str) -> None:
    if said:
        xml.SubElement(element, "system-out").text = _legal(said)


def _legal(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return "".join(
        sign
        for sign in text
        if (sign >= " " or sign in "\n\t")
        and not "\ud800" <= sign <= "\udfff"
        and sign not in "\ufffe\uffff"
    )
