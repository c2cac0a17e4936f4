"""`fig farewell`: the monolith's end. Its database is archived, the archive tried, and all dropped.

steps      one after the other, each noted when it is done: a call that was killed is finished by
           the next one
record     the note on disk: which steps are done, with what they found
calling    one call of the command: look, ask, take the steps
looking    everything that the checks look at
checks     the objections, pure: each with what to do
leaving    the steps outside the database: route file, processes, journal
archive    a dump, its hash, and its restoration on trial
sums       rows and checksums of every table, sequences, and how many objects there are
sessions   who holds the database, and the end of those that are the migration's own
bus        what the feed had in NATS
dropping   slots, publications, the database, roles
report     what is printed
"""
