"""How the page looks; light and dark as the reader's system is, and black on white on paper."""

STYLE = """
:root{color-scheme:light dark;--ground:#f6f7f5;--card:#fff;--ink:#1d2420;--soft:#5f6b64;
--line:#dfe4e0;--legacy:#b07a2a;--new:#2a7f62;--bad:#b3261e;--good:#2a7f62;
--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
@media (prefers-color-scheme:dark){:root{--ground:#141816;--card:#1c2220;--ink:#e6ebe8;
--soft:#98a59e;--line:#2d3632;--legacy:#d9a553;--new:#57b894;--bad:#ff8a80;--good:#57b894}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:72rem;margin:0 auto;padding:2rem 1.2rem 4rem}
h1{font-size:2rem;letter-spacing:-.02em;line-height:1.2;margin:0}
h1+p{color:var(--soft);margin:.3rem 0 1.5rem}
section{background:var(--card);border:1px solid var(--line);border-radius:.6rem;
padding:1rem 1.3rem 1.2rem;margin:1rem 0}
h2{font-size:1.2rem;margin:0;display:inline}h3{font-size:.95rem;margin:1.4rem 0 .4rem}
h4{margin:.2rem 0;font-weight:600}a{color:inherit}
code,pre{font:.86rem/1.45 var(--mono)}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th{font-weight:500;font-size:.82rem;color:var(--soft)}
th,td{border-bottom:1px solid var(--line);padding:.35rem .7rem .35rem 0;text-align:left;
vertical-align:top}tr:last-child>td{border-bottom:0}
.n{text-align:right;white-space:nowrap}.wide{overflow-x:auto}
.head{display:flex;flex-wrap:wrap;gap:.2rem .9rem;align-items:baseline}
.head code{color:var(--soft)}.head strong{margin-left:auto}
.stage{border:1px solid var(--line);border-radius:1rem;padding:.05rem .55rem;font-size:.82rem}
.scale{position:relative;height:.7rem;margin-top:.9rem;border-radius:.35rem;
background:var(--line);-webkit-print-color-adjust:exact;print-color-adjust:exact}
.scale i{display:block;height:100%;border-radius:.35rem;background:var(--soft)}
.scale i.good{background:var(--good)}.scale i.bad{background:var(--bad)}
.scale b{position:absolute;top:-.25rem;height:1.2rem;border-left:2px solid var(--ink)}
.ends{display:flex;justify-content:space-between;color:var(--soft);font-size:.72rem}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(13rem,1fr));gap:.8rem 1.5rem;
margin-top:.9rem}.facts span,.facts small{display:block;color:var(--soft);font-size:.8rem}
.facts b{font-size:1.25rem;font-weight:600;font-variant-numeric:tabular-nums}
.cause{border-left:3px solid var(--bad);padding:.1rem 0 .1rem .9rem;margin:.9rem 0}
.cause h3{margin:.3rem 0}.beside{table-layout:fixed;margin:.4rem 0}
.beside th,.beside td{padding:.35rem .7rem}
.beside td{background:var(--ground);border:1px solid var(--line)}
.beside th:first-child{color:var(--legacy)}.beside th:last-child{color:var(--new)}
pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:0}
mark{background:#ffd43b99;color:inherit;border-radius:.15rem}
.small{font-size:.85rem;color:var(--soft);margin:.2rem 0}
.chips{list-style:none;display:flex;flex-wrap:wrap;gap:.35rem;margin:.3rem 0;padding:0}
.chips li{border:1px dashed var(--legacy);color:var(--legacy);border-radius:1rem;
padding:.05rem .6rem;font-size:.82rem}
.good{color:var(--good)}.bad{color:var(--bad)}
@media print{body{background:none}section{break-inside:avoid}}
"""
