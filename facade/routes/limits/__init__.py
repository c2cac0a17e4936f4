"""How many requests of one key are let through. Pure; the counts lie in `facade/proxy/limits/`.

limit      a limit as a request meets it: which key it counts by, whether one more is let through
compiling  what an operator wrote (`config/limitfile`) becomes limits
explained  what the limits of a route would make of one request, in words
"""
