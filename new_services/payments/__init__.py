"""Money: authorised, captured, voided, refunded, each once, whatever the provider answers.

endpoints   HTTP for the sagas of other services
schemas     what they send
domain      pure: which operation is possible when
handlers    one operation: our row, the provider, our row and the event
provider    the port: what the service expects of a payment provider
guarded     the provider behind a breaker, and never for longer than a deadline
simulator   a provider of our own, with its own memory, that fails on command
repository  the statements
cleaning    what is kept for how long, and what decides by it
"""
