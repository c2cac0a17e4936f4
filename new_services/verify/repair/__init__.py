"""Repair: the `plan`, carrying it out, its `journal` and `report`; not of what is `owned`."""
