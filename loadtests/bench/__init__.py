"""`make bench`: the facade beside nginx, HAProxy and Envoy, on one core each, in the same minutes.

    machine      the tools it needs, and what this machine is
    processes    starts a program pinned to a core, counts its CPU seconds, stops it
    upstream     the tiny static server that everybody asks
    contenders   the four proxies and their configurations;  envoy  writes the longest of them
    wrk          one run of the load generator, and what it says
    rounds       interleaved runs, so that a noisy moment strikes all alike
    added        latency over asking the upstream directly, at half of the peak rate
    bodies       memory of a worker while 1 GB goes up and down
    reloads      file saved -> all workers decide; requests that fail during 100 reloads
    page         the tables, and their section of docs/performance.md

The proxies share core 0 one after the other, the load generator and the upstream share core 1.
"""
