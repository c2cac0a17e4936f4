"""Writes to every fed table while everything between legacy and the read models is killed.

writes    what a commit does: a table of small transactions that keep the shop's laws
writer    commits at a rate, whatever is away just now
__main__  the run: stack up, write and kill, `fig verify --deep`
"""
