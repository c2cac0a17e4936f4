"""The evidence as JUnit XML: a test case per route, a failure per cause."""

from xml.etree import ElementTree as xml

from facade.control.admin.models import ClusterView, Comparison, RouteComparison


def junit(found: Comparison) -> str:
    """The document. A route that compared nothing is skipped; a rule that cannot be read fails."""
    suite = xml.Element("testsuite", name="comparison of both sides")
    failures = skipped = 0
    for one in found.routes:
        case = xml.SubElement(suite, "testcase", classname="compare", name=one.route)
        failed = _fail(case, one)
        failures += failed
        if not failed and not one.compared:
            skipped += 1
            xml.SubElement(case, "skipped", message="nothing was compared")
        xml.SubElement(case, "system-out").text = _legal(_numbers(one))
    counts = {"tests": len(found.routes), "failures": failures, "errors": 0, "skipped": skipped}
    for name, count in counts.items():
        suite.set(name, str(count))
    root = xml.Element("testsuites")
    root.append(suite)
    xml.indent(root)
    return xml.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _fail(case: xml.Element, one: RouteComparison) -> bool:
    """Say why the route is not in order; whether there was anything to say."""
    overdue = [known for known in one.expected if known.overdue]
    reasons = [f"{one.mismatched:,} of {one.compared:,} pairs differ"] if one.mismatched else []
    reasons += [f"{known.path} was expected until {known.until}" for known in overdue]
    reasons += one.rule_errors
    if not reasons:
        return False
    failure = xml.SubElement(case, "failure", message=_legal("; ".join(reasons)))
    clusters = {cluster.id: cluster for cluster in one.clusters}
    lines = [_cause(cause.title, cause.pairs, clusters.get(cause.id)) for cause in one.causes]
    failure.text = _legal("\n".join(lines))
    return True


def _cause(title: str, pairs: int, cluster: ClusterView | None) -> str:
    sample = (cluster.smallest or cluster.sample) if cluster else None
    if cluster is None or sample is None:
        return f"{title}, {pairs:,} pairs"
    return (
        f"[{cluster.id}] {title}, {pairs:,} pairs: {sample.method} {sample.target}\n"
        f"    legacy {sample.control.get('status')}: {sample.control.get('value')!r}\n"
        f"    new    {sample.candidate.get('status')}: {sample.candidate.get('value')!r}"
    )


def _numbers(one: RouteComparison) -> str:
    bound = f"differ at most {one.upper_bound:.3%} (95 %)" if one.compared else "no bound"
    unseen = f"; never seen: {', '.join(one.never_seen)}" if one.never_seen else ""
    return (
        f"{one.matched:,} matched, {one.mismatched:,} differ, {one.raced:,} raced; {bound}{unseen}"
    )


def _legal(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return "".join(
        sign
        for sign in text
        if (sign >= " " or sign in "\n\t") and not "\ud800" <= sign <= "\udfff"
        and sign not in "\ufffe\uffff"
    )  # fmt: skip
