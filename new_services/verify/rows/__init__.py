"""Rows and documents of both sides, side by side: `entities`, their `relations` and `stores`,
`canonical` texts, `derived` documents.
"""
