"""What an operator wrote, as frozen data: read from the file by `facade/routes/file/`.

routefile    the whole file: routes, upstreams, options of the facade
matchfile    the requests that a route takes, beside their method and path
addressfile  addresses: an upstream's own, TLS towards it, TLS for clients
composefile  the reads of which a route is composed
limitfile    limits, and the keys by which clients are distinguished
machinefile  which API keys and tokens are known, and what a route demands
domainfile   which side owns the data behind the routes
walkfile     walks along the stages, and hooks
"""
