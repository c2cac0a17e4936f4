"""HTTP: the names of our `headers`, the `app` every service starts from, its `internal` short way,
the `client` for calls to others, `service` for those to several instances of one, `callers` for the
calling service of ours; `identity` (the customer, signed), `machines` (the same for machines) and
`sealed` (the session at legacy, encrypted).
"""
