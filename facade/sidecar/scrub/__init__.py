"""Credentials are cut out of recordings: `messages`, their `json` and other `text` bodies."""
