"""Stock: a ledger of movements that mirrors legacy's, and reservations that lower our promises.

endpoints    HTTP: the public stock, and reservations for the sagas of other services
schemas      what they send
handlers     reserve, release, sell, put back: each once
counting     what the staff counted on the shelf: a saga for each count
saga         its story; `counts` is what the ledger says of a count
domain       pure: what a movement's origin is, and whether enough is left
projections  legacy's stock and movements, from the feed
views        the public answer
repository   the statements
owner        who owns the orders; what they move while we do
rebuild      what the feed makes, rebuilt; what sagas wrote is kept

cleaning     what is kept for how long, and what decides by it

While legacy owns the orders it gates stock. So a reservation is refused only when legacy would
surely refuse as well, or when what legacy has is promised to orders that are on their way to it.
While the new side owns them, the stock is gated here: by the ledger less what is reserved.
"""
