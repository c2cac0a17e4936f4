"""The accounts while the new side owns them, and when they change hands.

logins  the accounts as we keep them, and which side owns them just now
side    the accounts for a cutover: sums, logins handed over, customers for the reverse feed
"""
