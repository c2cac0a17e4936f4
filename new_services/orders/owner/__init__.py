"""The orders while the new side owns them: no order needs the monolith.

informing  the inventory is sent who owns them, also while there are no orders
seam       the system of record that the sagas ask: it asks who owns the orders, each time
record     our own tables as the system of record: place, find, cancel, look
making     pure: an order as the monolith would have written it
storing    the statements
side       the orders for a cutover: sums, numbers, and orders for the reverse feed
"""
