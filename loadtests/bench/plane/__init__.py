"""What a request costs a worker of the facade, without sockets: `plane` compares two checkouts.

drive    a worker with transports that keep what is written; runs alone, also with older code
plane    the rounds, the comparison with another checkout, the tables
"""
