"""Legacy's write-ahead log: `slot` and `stream`, `pgoutput` `messages`, the `decoder` with its
`values`, `filling` of large ones and row `keys`, and the `publication` that says what is fed.
"""
