"""`make cutover`: the orders change hands under load, there and back, many times.

    shoppers   the Locust file: customers of the API (those of `make chaos`), and of the pages
    moves      `fig cutover orders` called again and again, and what each call said
    strikes    which process is killed or frozen at which step of a move; table of outcomes
    striking   those strikes, one after the other
    returning  the way back after many orders and prices, as customers of the monolith see it
    closing    the window ends, and customers shop on
    figures    pure: how long writes waited, what failed, gaps in the order numbers, the bars

Not one order that was acknowledged may be missing, doubled or sold twice, and no write may fail.
"""
