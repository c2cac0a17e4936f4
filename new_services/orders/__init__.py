"""Orders: the command side, which writes both sides by sagas, and the read model beside it.

history      a customer's orders, placed and pending, and what pages show of them
endpoints    HTTP with the public contract that clients already use
schemas      reading an order request and showing an order, in the contract's words
handlers     accepting an order request: once for each key, waited for a moment
kinds        the kinds of sagas, and how one of each begins
owner        who owns the orders; the orders while we do, in our own tables
saga         the stories: place an order, cancel one, settle one that was cancelled elsewhere
marks        orders in legacy that bear a saga's mark, and what the saga has to do with each
pending      orders that are accepted and not placed yet, as their customer sees them
answers      what a client is answered of a saga
partners     inventory and payments, as the steps of the stories call them
pricing      what an order request will cost, by the goods as the feed tells them
projections  legacy's orders, from the feed, into documents ready to send
views        the documents
repository   the statements
cleaning     forgets what has ended long ago
rebuild      what the feed makes, rebuilt; what sagas wrote is kept
"""
