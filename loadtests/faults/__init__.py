"""The deliberate mistakes of the demo: `python -m loadtests.faults` is the catalog with a wrapper
around its application. The stack starts it where CATALOG_FAULT is set; no service knows a fault.

    named     a fault by its name and share, as in CATALOG_FAULT=time-zone@1%
    goods     what goes wrong in one product, whole or as a list's member
    lists     what goes wrong in a page of products
    answers   what goes wrong around the body: status, headers, bytes
    wrapper   the application around the service's own

A fault bends answers on their way out and nothing that is stored: without it, the restarted service
answers rightly at once.
"""
