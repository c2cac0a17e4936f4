"""One worker, which answers clients; see the map in `facade/__init__.py`."""
