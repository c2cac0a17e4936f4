"""Who is asking: logins, sessions, customers. It alone of the new side holds the session key.

    cookie ─▶ session ─▶ sessions ─▶ views ─▶ the customer

endpoints    the public contract of login, logout and "me"; calls of our own services
schemas      what they send, and what they get
registration a visitor opens an account by the owner's own form; `forms` is what is sent for it
owner/       the same while the accounts are ours, and the accounts for a cutover
sessions     the use cases: open a session, log in, log out
session      the monolith's own signed cookie, read and written
passwords    whether a password is the one behind a hash; as long for an unknown address
projections  legacy's customers, from the feed; never their hashes
views        a customer, by the number that a session names
rebuild      the customers, rebuilt
cleaning     what is kept for how long, and what decides by it

While legacy owns the accounts the hash of a password is read in its database, by a role that may
read three columns (contracts/logins.py), and an account is opened by its form. Once we own them,
both are in our own tables, and the reverse feed writes them to legacy (docs/cutover.md).
"""
