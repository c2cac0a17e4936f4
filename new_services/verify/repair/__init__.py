"""Repair: the `plan`, carrying it out, its `journal` and `report`."""
