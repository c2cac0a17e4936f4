"""The master process: its `settings`, the `ports` it holds, the `publisher` of the route table, and
the worker `children` with their `restarts`; `master` puts them together.
"""
