"""What many verdicts add up to: `evidence` per route, its `bounds` and `latency`, `clusters` of
differences and their `causes`, `classes` of input (`inputs`), and what is against a `promotion`;
`written`: shares, bounds and times as people read them.
"""
