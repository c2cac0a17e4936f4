"""Words that cross a process boundary; every other room imports from here, this one from nobody.

headers    names of our HTTP headers (plain strings: the facade's data plane reads them too)
change     one committed row change of the legacy database, as the feed publishes it
subjects   the streams and subjects of the bus
discovery  how an instance of a service announces where it answers
catalog    the shop's goods in the new side's own words: product, variant, stock, category
events     the envelope of events, and how they are written and read
events_*   the events of each owner, with an example of every version
orders     orders in the new side's own words, and what holds them
"""
