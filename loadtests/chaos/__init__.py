"""`make chaos`: customers order through the door while routes are flipped and processes die.

    stack      a shop of its own, and how each of its processes is killed
    trouble    what happens when, drawn from a seed; carried out on the stack
    customers  the Locust file: orders, cancellations, and a journal of every answer
    journal    what the customers wrote down, read again
    balance    what only they know must be true afterwards; the rest is `fig verify`
    running    what every run has in common: the crowd, and the proof at its end
    away       `make legacy-away`: legacy stops answering for a minute under load
    watch      what piles up meanwhile; access: what legacy answered, second by second
    absence    the report of it, and what in it must not be

Not one order that was acknowledged may be missing or doubled, no piece of stock, no cent.
"""
