"""Routes with `allow`, and limits that count by machine: which machine asks, before all else.

station   each such request: checked, let through, or answered with 401 or 403

What is known of keys and issuers is `facade.machines`; what a route demands,
`facade.routes.machines.allow`; the refused ones, `facade.proxy.counting.machines`.
"""
