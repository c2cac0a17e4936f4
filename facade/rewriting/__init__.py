"""An upstream that lives at another address than the one its clients ask: what is changed for it.

asked       the request: its Host, a prefix of its path taken off or put before it
answered    the answer: addresses in Location, Content-Location and Refresh
cookies     the answer: Domain and Path of Set-Cookie
references  addresses as answers write them, and which of them are the upstream's own
"""
