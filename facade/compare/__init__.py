"""Comparison by meaning: pure, without I/O, usable alone. In the order a pair meets them:

    1 answers     one request's two answers, as the workers report them
      inputs      the shape of that request's body, without its values
    2 encodings   content codings undone, with a limit on what they may unfold to
    3 parse       a body becomes a document: JSON, HTML, text or bytes
    4 rules       the operator's rules, compiled to follow a document's paths
    5 jsondiff, arrays, reshaping, tolerance, html, htmldiff, headers
                  typed differences at stable paths
    6 collector   gathers them: masking, relations, noise decide what is kept of each
    7 verdict     compare(pair, rules) -> matched, mismatched, failed or skipped, and why
    8 races       legacy was asked once more: a moving value is not a wrong one
    9 evidence    what many verdicts add up to: classes, clusters, causes, latency, bounds
   10 noise       what differs by itself, learned from legacy compared with itself

The old side is the control, the new side the candidate, whichever answered the client.
"""
