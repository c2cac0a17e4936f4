"""Ten patterns one can watch and break: `pattern` (what one is), `patterns` (the ten, as data),
`walk` (runs their commands on the running stack, puts everything back). docs/patterns.md shows the
same commands; a test compares them.
"""
