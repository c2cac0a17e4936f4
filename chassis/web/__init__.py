"""HTTP: the names of our `headers`, the `app` every service starts from, its `internal` short way,
the `client` for calls to others, `service` for those to several instances of one, `callers` for who
of our services is calling; `identity` (who is asking, signed), `machines` (the same of machines)
and `sealed` (the session at legacy, encrypted).
"""
