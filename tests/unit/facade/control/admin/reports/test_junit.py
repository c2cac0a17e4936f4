"""JUnit XML that CI can read: failures by cause, quiet routes skipped."""

from xml.etree import ElementTree as xml

from facade.control.admin.models.evidence import Comparison
from facade.control.admin.reports.junit import junit


def test_a_case_per_route(comparison: Comparison) -> None:
    (suite,) = xml.fromstring(junit(comparison))
    assert {name: suite.get(name) for name in ("tests", "failures", "skipped")} == {
        "tests": "2",
        "failures": "1",
        "skipped": "1",
    }
    product, quiet = suite.findall("testcase")
    failure = product.find("failure")
    assert failure is not None and failure.text is not None
    assert failure.get("message") == "5 of 50 pairs differ; $.old was expected until 2020-01-01"
    assert "$.name: more text, 5 pairs: GET /p/" in failure.text
    assert quiet.find("skipped") is not None


def test_signs_that_xml_cannot_hold(comparison: Comparison) -> None:
    cause = comparison.routes[0].causes[0]
    cause.title = "\x00\x1b[31m\ud800 \ufffe ü"
    assert "ü" in junit(comparison)
    xml.fromstring(junit(comparison))


def test_no_difference_is_a_pass(comparison: Comparison) -> None:
    one = comparison.routes[0]
    one.mismatched, one.expected, one.causes = 0, [], []
    (suite,) = xml.fromstring(junit(comparison))
    assert suite.get("failures") == "0"
