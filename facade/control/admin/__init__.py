"""The admin port: the `app` with its endpoints, `status`, `unmatched`, `limits`, `composed`,
`machines`, `comparison`, `noise`, `ofrep`, `metrics`, `jwks`, the dashboard (`pages`, `web/`), the
JSON forms (`models/`) and the `reports/`.
"""
