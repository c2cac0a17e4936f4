"""The stock while the new side owns the orders: gated here, in the transaction that holds it.

shelf      a count on the shelf, by us as the owner
epochs     the highest epoch that a call carried: the owner's fencing token, a lower one is refused
movements  what an order moves, by us as the owner: into the ledger, and to be written to the
monolith side       the stock for a cutover: its sums, and movements for the reverse feed
"""
