"""HTTP/1.1 as bytes: what a head and a body may look like, and how ours are written. No I/O.

A head is read whole, line by line, and refused when RFC 9110 or 9112 leaves a doubt about it;
what is forwarded is written anew from the parsed parts.

refusal    why a message is refused, and the status that says so
fields     one field line: name, value, and the part it plays in forwarding
framing    where a body ends: lengths and codings
requests   the head of a request; `collecting` finds its end in a stream
responses  the head of a response
bodies     cut a body out of a stream: by length, by chunks, by the end of the connection
"""
