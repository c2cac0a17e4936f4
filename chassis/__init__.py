"""How any of our processes runs; what the rooms above share, and nothing they do not use.

settings   what the operator wrote, refused with the variable's name when it cannot be used
telemetry  log lines: for people, or one JSON object a line
service    one process: a port, its background work, a clean stop
headers    names of our HTTP headers; the data plane of the facade reads them too
web        the HTTP application every service starts from: health, readiness, metrics, problems
lane       the short way in, for calls between our own services
backoff    how long to wait before trying again
bus        the connection to NATS, and the streams on it
reader     the messages of a stream from a position on, in order, without a gap
database   connections to PostgreSQL
discovery  how an instance of a service announces where it answers
registry   announces this instance while it is ready
assembly   a service, put together in the order all of ours share
client     calls to other services that say how far they came when they fail
identity   who is asking: a signed, short-lived token
sealed     a customer's session at legacy, sealed for the one room that may use it
watermark  how fresh a read model is
mirror     facts of another system, kept as they are told
projection the feed of another system into a service's own tables
deriving   rows and what is derived of them, written by one at a time
rebuilding a read model made anew beside the live one, and put in its place
exchange   what of a database is exchanged, and what of our own is carried over
feed_model a projection of the feed, rebuilt
exclusive  one instance of many, by a lock in the database
follower   a stream from a stored position on: the position moves with what was applied
outbox     events leave in the transaction of what they tell, and are sent after; outbox_watch says
           how long they wait, also while nothing can be sent
inbox      events enter once, in the transaction of their handler
saga       a business transaction across services: steps beside their compensations
"""
