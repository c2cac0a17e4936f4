"""How the demo is carried out: the `runner` and the `world` it acts on, which `real` builds from
the stack, the load, the commands and what can be asked.
"""
