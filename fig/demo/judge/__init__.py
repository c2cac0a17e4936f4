"""The end of the demo: the `record` of what was seen (`sample`, `ownership`),
`series` over time, what each act came to (`chapters`), the `outage`, and the
verdict on each `promise`.
"""
