"""What people see of the demo: `live` in a terminal, `plain` in a log, and the HTML `report` with
its `charts`.
"""
