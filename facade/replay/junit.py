"""A replay as JUnit XML: one test case per route."""

from facade.compare.evidence.evidence import Evidence
from facade.compare.junit import Case, Suite, document
from facade.replay.report import Report, causes, sums


def junit(report: Report) -> str:
    """The document; a replay that asked nothing fails."""
    cases = [_case(name, evidence) for name, evidence in sorted(report.evidence.items())]
    return document(
        Suite(
            f"replay against {report.against}",
            "replay",
            cases or [Case("(nothing)", failure=report.verdict)],
            report.outcomes.seconds,
            report.verdict,
        )
    )


def _case(name: str, evidence: Evidence) -> Case:
    found = sums(evidence.total)
    unexpected = found.mismatched + found.new_failed
    if not unexpected:
        return Case(name, skipped="" if found.compared else "no answer was compared")
    message = f"{unexpected:,} of {found.answers:,} answers are not what they were"
    return Case(name, failure=message, causes="\n".join(causes(name, evidence)))
