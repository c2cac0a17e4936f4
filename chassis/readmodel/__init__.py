"""Read models: tables that a service projects from the change feed of another system.

reader       the messages of a stream after a position, in order; disposable
follower     the same from a stored position on, one instance at a time
projection   applies the facts of the feed: one commit for rows and position
fed          a read model as part of a service's process
watermark    how fresh the tables are, and waiting until they are fresh enough
heartbeats   asks the feed for watermarks while requests need them
mirror       rows of another system, kept as they are; `ranges` has keys from first to last as SQL
deriving     the lock under which rows, and the documents made of them, are written
catching_up  what a projection does when the stream no longer holds all that it needs
feed_model   the program that rebuilds a read model: `rebuild` has its steps, `swap` the last one
"""
