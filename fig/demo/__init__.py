"""The demo: a whole migration under load, shown as it happens, judged at the end.

In the order a run meets them:
    plan.py        the script as data: acts/, each of steps (step.py), what these do (actions.py),
                   what they wait for
    conditions.py  pure: samples → met, not yet, never
    world.py       what the runner may do to the stack; fakes.py: one without processes
    real.py        the world made of: stack.py (with routes.py), commands.py, admin.py, load.py,
                   prices.py, orders.py, books.py
    samples.py     pure: the admin API's and the shoppers' JSON → record.Sample
    runner.py      goes through the plan, fills a record.Record
    outage.py      pure: the samples before and after → what a time without legacy was like
    live.py        what a person watches meanwhile; plain.py: the same for a pipe
    verdict.py     pure: record → the promises (promise.py), each held or not, with the evidence;
                   order_verdict.py: those about orders
    chapters.py    pure: record → what each act came to, in figures
    report.py      the end in the terminal, and one HTML page (report.html with its parts in
                   page/; series.py, frame.py, charts.py draw it)

Everything is reached by process and HTTP; nothing of the facade or the services is imported.
"""
