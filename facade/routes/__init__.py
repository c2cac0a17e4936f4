"""The route table, pure: `routefile` (what was written) becomes the `table`; `paths`, `segments`
and `keys` find route and `bucket`, `stages` and `decision` choose the side, `explain` says why,
`unmatched` counts by shape what no route names; `trust` names proxies in front of us.
"""
