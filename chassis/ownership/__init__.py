"""The owner of a domain, legacy or the new side, and how the ownership is moved.

record     what is kept of a domain in the owning service's database; `schema` has the tables,
           `cleaning` for how long they keep it
protocol   every change of the record and of the row in legacy's database, pure: never two owners
records    the same changes as SQL, each one statement that holds or does not
gate       what a write asks before it begins: go to legacy, go to our own tables, or wait
sides      what a cutover asks of both sides
driver     moves a domain to its other owner, and ends attempts that other processes left
reverse    writes our changes into legacy's tables
echo       what the feed says of a domain that we own: ignored, or a rogue write
joined     the same where the read model shows our data beside the owner's own tables
endpoint   the state of a domain, and orders to move it
assembled  all parts in the process of the owning service
"""
