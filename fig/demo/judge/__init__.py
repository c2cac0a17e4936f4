"""The end of the demo: the `record` of what was seen, `series` over time, the `outage`, and the
verdict on each `promise`.
"""
