"""What `/api/status`, `/api/compare` and `/metrics` show, computed from counters and evidence:
`status` with its parts (`domains`, `unmatched`, `limits`, `composed`, `machines`), `comparison`,
and a route's evidence in `words`.
"""
