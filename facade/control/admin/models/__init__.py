"""The JSON of the admin API: what happens (`status`), what was compared (`evidence`), what moves.

Times are unix seconds, latencies milliseconds, shares 0..1. `legacy` is the control and `new` the
candidate, whichever side answered the client.
"""
