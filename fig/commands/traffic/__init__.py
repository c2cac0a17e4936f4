"""Commands that make traffic: load, demo."""
