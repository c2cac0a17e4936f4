"""What our command lines share: `output` (words for people, JSON for programs), `tables` in the
terminal, `calls` to our own processes over HTTP.
"""
