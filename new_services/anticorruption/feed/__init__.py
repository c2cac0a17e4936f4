"""The change feed: the legacy database's write-ahead log, published to JetStream in commit order.

session      one run of the feed: the steps below in order, until something fails
publication  the list of legacy tables that are fed, and their columns
slot         the replication slot: made with an exported snapshot, inspected, released
snapshot     every row as it was at the slot's first position
stream       the replication connection: what the server sends, and what we confirm
pgoutput     bytes of the log -> messages (pure; the messages themselves in `messages`)
decoder      messages of a transaction -> changes (pure)
publisher    changes -> JetStream: in order, without a gap, one writer; says what is safe
heartbeat    emits the times that become watermarks, and holds the feed's lock
bookmark     what must survive a restart besides the slot: that the snapshot is complete
status       what `/readyz` and `/metrics` say
"""
