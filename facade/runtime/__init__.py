"""How our processes speak: the `channel` (a socket), and files: the `watcher`, `instances`, `lags`,
`redirects`, the `keyring` and the `rotation` of its signing key, the `memory` that the workers of
one host share, and in it the `debts` of the keys of limits.
"""
