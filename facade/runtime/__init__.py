"""How our processes communicate: by the `channel` (a socket), and by files: the `watcher`,
`instances`, `lags`, `redirects`, the `keyring` and the `rotation` of its signing key, the `memory`
that the workers of one host share, and in it the `debts` of the keys of limits.
"""
