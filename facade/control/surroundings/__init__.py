"""What the control process watches around it: `discovery` of instances, read models' `lags`,
the keys of `issuers`, and the `tables` in force.
"""
