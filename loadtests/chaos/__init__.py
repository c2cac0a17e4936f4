"""`make chaos`: customers order through the facade while routes are flipped and all goes wrong.

    stack      a shop of its own, two of each service, and how each of its processes is killed
    trouble    what happens when, drawn from a seed
    owners     domains change hands meanwhile, there and back
    faults     how: frozen processes, a lock, bad answers of provider and legacy, a session
    report     what went wrong, and whom it hit; one that came often and hit nobody is objected to
    customers  the Locust file: orders, cancellations, and a journal of every answer
    journal    what the customers wrote down, read again
    person     what a person decides about sagas that wait for one, at the end
    balance    what only they know must be true afterwards; the rest is `fig verify`
    running    what every run has in common: the crowd, and the proof at its end
    away       `make legacy-away`: legacy stops answering for a minute under load
    watch      what piles up meanwhile, and what is worked
    access     what legacy answered, second by second
    absence    the report of it, and what in it must not be

Not one order that was acknowledged may be missing or doubled, no piece of stock, no cent.
"""
