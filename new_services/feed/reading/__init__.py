"""Tables are read while their changes stream by: `plan` of `jobs`, `snapshot` in `chunks` with
their `window`, `coverage` and `visibility`; the `bookmark`, `progress`, `requests` to read again.
"""
