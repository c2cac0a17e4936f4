"""Keeping processes up: the `supervisor`, a `keeper` for each `process`, its `children`; `probes`
and `readiness`; the running stack's `session`, `state`, `spool` and `logs`.
"""
