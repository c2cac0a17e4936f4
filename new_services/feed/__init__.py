"""The change feed: the legacy database's write-ahead log, published to JetStream in commit order.

session      one run of the feed: the steps below in order, until something fails
identity     the key that identifies the rows of a table, or why it cannot be fed (pure)
tables       the fed tables as legacy has them now; `types` and `columns` say how values are written
publication  the tables that PostgreSQL lets out of its log
slot         the replication slot: made, inspected, released
stream       the replication connection: what the server sends, and what we confirm
pgoutput     bytes of the log -> messages (pure; the messages themselves in `messages`)
decoder      messages of a transaction -> changes (pure)
filling      completes rows that moved without their large values
publisher    changes -> JetStream: in order, without a gap, one writer; says what is safe
heartbeat    emits the times that become watermarks, and holds the feed's lock

The tables as they are, read in chunks while their changes stream by:

snapshot     the two sides of it: reading, and putting rows and changes in order
chunks       reads a stretch of a table, between two marks in the log
window       which of the rows are true, and as of when (pure)
visibility   which transactions a snapshot has seen (pure)
coverage     which changes are published while a table is read for the first time (pure)
keys, jobs   places in a table; what is to be read (pure)
job_list     the jobs, as they are now and as they are stored
bookmark     what must survive a restart besides the slot: the jobs
requests     answers requests to read a table again; `command` sends them
shapes       the columns of the tables, as last published

What it says about itself:

status       what `/readyz` and `/metrics` say
progress     how far the reading has come, and how long it will still take
slot_watch   the alarm before the slot holds back too much log
retention    how much of the stream is kept
"""
