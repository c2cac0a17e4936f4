"""`make chaos`: customers order through the door while routes are flipped and processes die.

    stack      a shop of its own, and how each of its processes is killed
    trouble    what happens when, drawn from a seed; carried out on the stack
    customers  the Locust file: orders, cancellations, and a journal of every answer
    journal    what the customers wrote down, read again
    balance    what must be true of both sides afterwards, in SQL

Not one order that was acknowledged may be missing or doubled, no piece of stock, no cent.
"""
