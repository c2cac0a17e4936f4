"""What the control process watches around it: `discovery` of instances, read models' `lags`, and
the `tables` in force.
"""
