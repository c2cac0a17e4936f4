"""`make bench-shadow`: what copying and comparing costs clients."""
