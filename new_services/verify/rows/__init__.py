"""Rows and documents of both sides, side by side: `entities` are compared, each `entity` with its
`relations` and `stores`; `canonical` texts, `derived` documents.
"""
