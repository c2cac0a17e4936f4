"""Two of each service, and one of a pair killed or frozen at random under load.

hits     what happens to whom, drawn from a seed; one of a pair at a time
crowd    readers and writers that count what they were answered
shop     the shop of the run: who is hit, what is read, how an order is written
report   what came of it, and what must not be
"""
