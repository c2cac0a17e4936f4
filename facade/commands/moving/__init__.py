"""Commands about moves that go on by themselves: `migrate`, `approve`, `undo`, `freeze`, `retire`,
`detach`, and the `journal` of all moves. They speak to the admin port of a running facade.
"""
