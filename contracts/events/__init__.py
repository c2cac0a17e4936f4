"""What services publish on the bus, with an example of every version.

envelope   an event is written, read and addressed
orders, payments   the events of each owner
owned      what an owner publishes of its domain behind a closed window
"""
