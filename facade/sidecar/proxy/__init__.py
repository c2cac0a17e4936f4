"""What runs in mitmproxy's environment: the `program` with its `addon`, `recorder` and `recording`,
`measures`, `connections`, and the `export` of flow files.
"""
