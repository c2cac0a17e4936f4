"""Calibration: legacy compared with itself, so that what the comparison calls a difference is one.

    routefile  its route file: legacy is on both sides of every route that is compared
    reference  the reference facade in front of legacy, and the traffic that is sent through it
    watching   learns noise, then resets the evidence and counts pairs
    listening  what is asked of a facade's admin port; hands the noise learned to a running facade
    result     the outcome, in words and as JSON

Otherwise the running facade, its route file and its evidence are not touched.
"""
