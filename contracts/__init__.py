"""Words of the shop that cross a process boundary; this room imports no other.

What the facade needs too lies below, in chassis: web/headers.py, process/discovery.py.

change     one committed row change of the legacy database, as the feed publishes it
subjects   the streams and subjects of the bus
catalog    the shop's goods in the new side's own words: product, variant, stock, category
events     the envelope of events, and how they are written and read
events_*   the events of each owner, with an example of every version
orders     orders in the new side's own words, and what holds them
"""
