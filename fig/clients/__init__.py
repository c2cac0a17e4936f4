"""What commands ask: the facade's `admin` port, `services`, databases and bus (`access`), dead
letters, the `sidecar`'s files; `running` finds the stack, `passing` hands commands to the facade,
`calibrating` compares legacy with itself.
"""
