"""Mails to customers about their orders: a subscriber that no publisher of events knows of.

handlers    an event becomes a mail to be sent, in the inbox's transaction
domain      pure: what a mail says
sender      sends what is due by SMTP, and again later where that failed
endpoints   HTTP for operators: the last mails
repository  the statements
cleaning    what is kept for how long, and what decides by it
"""
