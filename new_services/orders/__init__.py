"""Orders: the command side, which writes both sides by sagas, and the read model beside it.

customer/    what a customer sees of orders, placed and pending
endpoints    HTTP with the public contract that clients already use
schemas      reading an order request and showing an order, in the contract's words
handlers     accepting an order request: once for each key, waited for a moment
owner/       who owns the orders; the orders while we do, in our own tables
saga/        the stories: place an order, cancel one, settle one that was cancelled elsewhere
marks        orders in legacy that bear a saga's mark, and what the saga has to do with each
projections  legacy's orders, from the feed, into documents ready to send
views        the documents
repository   the statements
cleaning     forgets what has ended long ago
rebuild      what the feed makes, rebuilt; what sagas wrote is kept
"""
