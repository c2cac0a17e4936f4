"""The route table, pure: `routefile` (what was written) becomes the `table`; `paths`, `segments`
and `keys` find route and `bucket`; by its `stages`, `deciding` makes the `decision` which side
answers; `explain` says why. `unmatched` gives the shapes of paths that no route names; `trust`
names proxies in front of us.
"""
