"""Limits of attempts to log in: by account and by address, for both sides alike.

station   one attempt: counted before a side is asked, taken back when it was a login
accounts  which account a request's body names
counts    how many attempts there were, as all workers of the host know it
"""
