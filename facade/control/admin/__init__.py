"""The admin port: the `app` with its endpoints (`endpoints/`), what they show (`views/`, `metrics`,
`models/` for the JSON forms), the dashboard (`pages`, `web/`) and the `reports/`.
"""
