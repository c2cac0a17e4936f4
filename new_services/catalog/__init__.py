"""The catalog service: product pages' data, answered from a read model made for answering.

settings     what the operator says
app          composition root
articles/    the goods as the back office sees and changes them
owner/       the goods when they change hands
endpoints    HTTP, with the public contract clients already use
schemas      what a request may say, and the documentation of it
views        the read side: one SQL statement each
handlers     the form becomes a saga
saga         its story
projections  the write side: facts about the goods, in order, from the stream to the tables
batches      many facts -> what one transaction must write (pure)
repository   the tables that the projection writes
domain       prices, stock and what is listed (pure)
documents    rows of goods -> the bytes that are sent (pure)
cleaning    what is kept for how long, and what decides by it
"""
