"""A pair's way: `backlog`, `pipeline`, the `comparator` process (`comparing`), at low `priority`;
`asking` puts questions again for `doubts` and `noise`, within a `budget`.
"""
