"""Calibration: legacy compared with itself, so that what the comparison calls a difference is one.

    twins     the route file with legacy on both sides of every route that is compared
    door      a facade of its own in front of legacy, and the traffic that is sent through it
    watching  first noise is learned, then the evidence starts anew and pairs are counted
    result    what came of it, in words and as JSON
    handing   and, where that is asked for, the noise learned is given to a facade that runs

Otherwise the running facade, its route file and its evidence are not touched.
"""
