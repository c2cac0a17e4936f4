"""Words that cross a process boundary: every other package may import them; they import none.

What the facade needs too lies below, in chassis: web/headers.py, registry/discovery.py.

events/     what services publish: the envelope, and the events of each owner
feed/       what the feed publishes of the legacy database, and the facts that are made of it
subjects    the streams and subjects of the bus
orders      orders in the new side's own words, and what holds them
back_office what the staff change, in the new side's own words, and what is expected of its owner
stock       what the shop says about how many pieces are left
logins      what a customer logs in with, and where it is read
record      who asks a system of record, and how it says what it did not do
ownership   who owns a domain, as calls to its services carry it
cutover     how a domain is moved to its other owner, and what marks that in legacy's log
mark        the id of a saga, and how it is found again in an order that the saga placed
memory      for how long a client carries the time of its last write
"""
