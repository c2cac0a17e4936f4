"""How the page looks; light and dark as the reader's system is."""

STYLE = """
:root{color-scheme:light dark;--line:#8884;--bad:#c02626;--good:#1a7f37}
body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem}h2{margin-top:2.5rem;border-top:1px solid var(--line);padding-top:1rem}
h4{margin-bottom:.2rem}table{border-collapse:collapse;margin:.5rem 0}
th,td{border:1px solid var(--line);padding:.2rem .6rem;text-align:left;vertical-align:top}
.beside{width:100%;table-layout:fixed}pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:0}
mark{background:#ffd43b99;color:inherit}.small{font-size:.85rem;opacity:.75;margin:0}
.good{color:var(--good)}.bad{color:var(--bad)}
"""
