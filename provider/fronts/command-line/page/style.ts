/** Light and dark, narrow and printed. Nothing is fetched. */
export const style = `
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#59636e;--paper:#fff;--line:#d0d7de;--bad:#b3261e;--warn:#8a5a00;--good:#1a6b33;--mark:#0a58b5}
@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9da7b1;--paper:#0d1117;--line:#3d444d;--bad:#ff8a80;--warn:#e8b339;--good:#6fd08c;--mark:#79b8ff}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:64rem;padding:1rem;font:1rem/1.45 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
h1{font-size:1.4rem;margin:.2rem 0}h2{font-size:1.15rem;margin:0 0 .3rem}h1,h2,p,li,main>.wide td:first-child,section td:nth-child(n+4){overflow-wrap:anywhere}
p{margin:.3rem 0}.soft{color:var(--soft)}a{color:var(--mark)}
.headline{font-size:1.2rem;font-weight:600;border-left:.4rem solid;padding:.2rem .7rem;margin:.8rem 0}
table{border-collapse:collapse;width:100%;margin:.5rem 0;font-variant-numeric:tabular-nums}
th,td{text-align:left;vertical-align:top;padding:.2rem .6rem .2rem 0;border-bottom:1px solid var(--line)}
th{font-weight:600;color:var(--soft)}
section{border-top:2px solid var(--line);padding:1rem 0;content-visibility:auto;contain-intrinsic-size:auto 26rem}
svg{display:block;width:100%;max-width:40rem;height:auto;overflow:visible}
path{fill:none;stroke:var(--mark);stroke-width:2}
.full{fill:var(--mark)}.differential{stroke-width:11;stroke-linecap:round}.damaged{stroke:var(--bad);stroke-width:3}
.missing{stroke:var(--bad);stroke-dasharray:3 2}.unclear{stroke:var(--warn)}.due{stroke:var(--soft)}.now{stroke:var(--ink);stroke-width:1}
.bars{stroke:var(--soft);stroke-width:4}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.2rem 1rem;padding:0;font-size:.9rem}
.legend li{display:flex;align-items:center;gap:.3rem}.legend svg{width:1.4rem}
.none,.lost{color:var(--bad);font-weight:600}.unknown,.old,.partly{color:var(--warn);font-weight:600}.fine{color:var(--good)}
.wide{overflow-x:auto}
td:nth-child(3),section td:first-child{white-space:nowrap}
@media(max-width:40rem){body{padding:.6rem;font-size:.95rem}th,td{padding-right:.4rem}main>.wide td:nth-child(3){white-space:normal}
section thead{display:none}section tr{display:flex;flex-wrap:wrap;border-bottom:1px solid var(--line)}section td{border:0}section td:nth-child(4){order:1;flex-basis:100%;padding-top:0}}
@media print{body{max-width:none;font-size:10pt}section{content-visibility:visible;break-inside:avoid-page}a{color:inherit;text-decoration:none}}
`;
