"""Which machines a route lets in. What the file says is `facade.routes.config.machinefile`; which
machine asks is found by `facade.machines`.

allow       the machine, whether it is let in, and what it is answered otherwise
compiling   what an operator wrote becomes the same
explained   the same for one request, in words
"""
