"""What a guard concludes from what was seen, and how a walk goes on. Pure: no clock, no file.

window        what was counted for a route since its stage or percentage last changed
limits        its limits, each against the other side at the same time
keyshare      the share of clients and of requests against the percentage
surroundings  breakers, lag and registry; and what is our own failure
verdict       all of it together: go, hold, pause or back
position      where a route stands, and the steps from there
retreat       the edits that move a route back, with those that share its seed
plan, walk    `fig migrate`: steps, what each waits for, and where a walk stands
"""
