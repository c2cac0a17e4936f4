"""Who is asking: `sessions` remembers legacy's answers (`lookup` asks), `credentials` signs them,
`introduction` adds them to a request, `lastwrite` carries the time of a client's last write,
`logouts` ends what is remembered in all workers.
"""
