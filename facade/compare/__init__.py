"""Comparison by meaning: pure, without I/O, usable alone. In the order a pair meets them:

    1 answers     one request's two answers, as the workers report them
    2 encodings   content codings undone, with a limit on what they may unfold to
    3 parse       a body becomes a document: JSON, HTML, text or bytes
    4 rules       the operator's rules, compiled to follow a document's paths
    5 jsondiff, arrays, tolerance, html, htmldiff, headers
                  typed differences at stable paths
    6 relations, masking
                  how two values are related, and what may be shown of them
    7 verdict     compare(pair, rules) -> matched, mismatched, failed or skipped, and why
    8 classes, clusters, noise, evidence, bounds
                  what many verdicts add up to

The old side is the control, the new side the candidate, whoever answered the client.
"""
