"""What goes wrong, and whom it hit: each lasts for a while, in a thread of its own.

freeze     SIGSTOP of one process, and the connections on which somebody waited for it
lock       legacy's stock table is locked, and the database sessions that waited
provider   the payment provider declines, is away, is silent or slow, by its own counts
between    a proxy between the orders service and legacy: errors, lost and late answers
session    one customer's session ends while his orders are under way
carrying   carries the events of the plan out, and writes each down in the report
"""
