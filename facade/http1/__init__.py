"""HTTP/1.1 as bytes: what a head and a body may look like, and how ours are written. No I/O.

A head is read whole, line by line, and refused when RFC 9110 or 9112 leaves a doubt about it;
what is forwarded is written from the parsed parts.

refusal    why a message is refused, and the status that says so
fields     one field line: name, value, its part in forwarding; lengths and codings
requests   the head of a request: its end in a stream, its meaning, and the head sent to a side
responses  the head of a response: its meaning, and the head sent to a client
mending    heads of answers that RFC 9112 lets a proxy put right; `loose` does so for chunks
bodies     cut a body out of a stream: by length, by chunks, by the end of the connection
cookies    read a cookie of a head, take one out
problems   the facade's own answers: a page for people, a problem (RFC 9457) for programs
"""
