"""The stack as data: the processes in start order (`stack`, `order_side`), their `places`, `ports`,
`credentials`, `keys`, `addresses`; how a service starts (`serving`); `old_side` and `legacy_side`:
what is there only while there is a monolith, which `ended` says; and the `engines/` from wheels.
"""
