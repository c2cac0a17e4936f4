"""A replay as JUnit XML, which every CI reads: one test case per route."""

from xml.etree import ElementTree as xml

from facade.compare.evidence.evidence import Evidence
from facade.replay.report import Report, causes, sums


def junit(report: Report) -> str:
    """The document."""
    suite = xml.Element("testsuite", name=f"replay against {report.against}")
    suite.set("time", f"{report.outcomes.seconds:.3f}")
    failures = skipped = 0
    for name, evidence in sorted(report.evidence.items()):
        case = xml.SubElement(suite, "testcase", classname="replay", name=name)
        found = sums(evidence.total)
        if found.mismatched or found.new_failed:
            failures += 1
            _fail(case, name, evidence)
        elif not found.compared:
            skipped += 1
            xml.SubElement(case, "skipped", message="no answer was compared")
    if not report.evidence:
        failures += 1
        case = xml.SubElement(suite, "testcase", classname="replay", name="(nothing)")
        xml.SubElement(case, "failure", message=report.verdict)
    suite.set("tests", str(max(1, len(report.evidence))))
    suite.set("failures", str(failures))
    suite.set("errors", "0")
    suite.set("skipped", str(skipped))
    xml.SubElement(suite, "system-out").text = _legal(report.verdict)
    root = xml.Element("testsuites")
    root.append(suite)
    xml.indent(root)
    return xml.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _fail(case: xml.Element, name: str, evidence: Evidence) -> None:
    found = sums(evidence.total)
    unexpected = found.mismatched + found.new_failed
    message = f"{unexpected:,} of {found.answers:,} answers are not what they were"
    failure = xml.SubElement(case, "failure", message=message)
    failure.text = _legal("\n".join(causes(name, evidence)))


def _legal(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return "".join(sign for sign in text if sign >= " " or sign in "\n\t")
