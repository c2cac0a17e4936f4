"""What the new side owns, written into the monolith's tables; and the fence around those.

domains   the tables and sequences of each domain at the monolith, in the order of locking
fence     closes and opens a domain in legacy's database, and looks whether it stands
inverse   fields of an entity -> the columns whose meaning differs (pure)
goods     the goods' tables: rows of a batch, and the sums that are compared
accounts  a customer's row, and what customers log in with, for the one who is to own it
orders    an order's rows: itself, its lines, its payment; `stock` has its movements
legacy    all of it together: see LegacySide
"""
