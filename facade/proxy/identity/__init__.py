"""The introduction of clients to the new side.

introduction  writes the head of a request for the new side; the lines beside an answer
sessions      the owners of session cookies, as a side answered; `lookup` is one such request
remembered    the same for all workers of the host, over their ends
credentials   the signed token that names the customer, the encrypted session
lastwrite     the time of a client's last write, signed, from answer to request
logouts       ends in all workers what is known of a session
"""
