"""The introduction of clients to the new side.

introduction  writes the head of a request for the new side; the lines beside an answer
sessions      the owners of session cookies, as legacy or the new side said; `lookup` asks one
remembered    the same for all workers of the host, over their ends
credentials   the signed token that says who is asking, the encrypted session
lastwrite     the time of a client's last write, signed, from answer to request
logouts       ends in all workers what is known of a session
"""
