"""Sales figures: the monolith's slow report, as sums that are kept while orders come and go.

endpoints    HTTP: the report and the lines behind it, for the storefront's back office alone
handlers     the orders service's events: a second source of the same orders
projections  legacy's orders and goods, from the feed, into the sums
domain       pure: the period asked for, and how two sources of one order are joined
views        the sums of a period, and its single lines
repository   the statements
rebuild      rebuilds the read model
cleaning     what is kept for how long, and what decides by it
"""
