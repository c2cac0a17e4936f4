"""Words that cross a process boundary: every other package may import them; they import none.

What the facade needs too lies below, in chassis: web/headers.py, registry/discovery.py.

change     one committed row change of the legacy database, as the feed publishes it; `rows` packs
           many rows of a snapshot into one message
subjects   the streams and subjects of the bus
facts      what can happen to an entity of another system, and what translates changes into that
mapping    how the columns of another system's table become the fields of an entity
entities   the kinds of entity that facts are about
events     the envelope of events, and how they are written and read
events_orders, events_payments   the events of each owner, with an example of every version
events_owned   what an owner publishes of its domain behind a closed window
orders     orders in the new side's own words, and what holds them
back_office what the staff change, in the new side's own words, and what is expected of its owner
stock      what the shop says about how many pieces are left
logins     what a customer logs in with, and where it is read
record     who asks a system of record, and how it says what it did not do
cutover    how a domain is moved to its other owner, and what marks that in legacy's log
memory     for how long a client carries the time of its last write
ownership  who owns a domain, as calls to its services carry it
mark       the id of a saga, and how it is found again in an order that the saga placed
"""
