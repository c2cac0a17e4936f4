"""Copies of requests to the other side.

copies   admits copies, and drops them first under load
pair     one request under way on both sides: sends the copy, collects both `answers`
answers  the answer of each side, and the description that comparison gets
"""
