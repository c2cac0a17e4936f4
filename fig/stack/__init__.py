"""The stack as data: the processes in start order (`stack`, `order_side`), their `places`, `ports`,
`credentials`, `keys`, `addresses`, and the engines from wheels (`postgres`, `nats`, `databases`).
"""
