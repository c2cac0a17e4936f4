"""Routers of the admin port with a subject of their own: `moves`, `noise`, `ofrep`, `traces`,
`failures`, `absence`, `jwks`.
"""
