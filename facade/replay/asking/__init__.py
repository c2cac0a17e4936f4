"""Recorded requests are asked again: `selecting`, `request`, `targets`, `pacing`, the `engine` with
its `asker`, and the `sandbox` that writes need.
"""
