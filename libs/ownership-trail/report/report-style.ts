/** One sheet for screens, narrow screens and paper. No font, image or script comes from elsewhere. */
export const REPORT_STYLE = `
:root { --ink: #1c2430; --soft: #5a6573; --line: #d5dae1; --faint: #f4f6f8; --paper: #fff; --good: #1f6b45; --doubt: #8a5a00;
  --bad: #a3222a; --steward: #2f5d8a; --offeree: #b07d2b; --worker: #3f7d58; --accountable: #7a5c8e; }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto,
  "Helvetica Neue", "Liberation Sans", Arial, sans-serif; }
main, header, footer { max-width: 76rem; margin: 0 auto; padding: 0 2rem; }
header { padding-top: 2.5rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .25rem; font-weight: 650; letter-spacing: -.01em; }
h2 { font-size: 1.15rem; margin: 2.5rem 0 .75rem; padding-bottom: .35rem; border-bottom: 2px solid var(--ink);
  break-after: avoid; }
h3 { font-size: 1rem; margin: 1.5rem 0 .4rem; break-after: avoid; overflow-wrap: anywhere; }
p, li { max-width: 48rem; }
p { margin: .5rem 0; orphans: 3; widows: 3; }
code, pre, .mono { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; font-size: .86em; }
code, .mono { overflow-wrap: anywhere; }
pre { background: var(--faint); border: 1px solid var(--line); border-radius: 4px; padding: .75rem 1rem; margin: .5rem 0;
  white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.45; }
main > p.soft { break-after: avoid; }
p.subject { font-size: 1.05rem; margin: 0; overflow-wrap: anywhere; }
.soft { color: var(--soft); }
.eyebrow { color: var(--soft); font-size: .8rem; letter-spacing: .08em; text-transform: uppercase; margin: 0 0 .35rem; }
dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.25rem; margin: 1.25rem 0; }
dl.facts dt { color: var(--soft); }
dl.facts dd { margin: 0; overflow-wrap: anywhere; }
.verdict { border: 1px solid var(--line); border-left: 5px solid var(--soft); border-radius: 4px; padding: .75rem 1rem;
  margin: 1.25rem 0; break-inside: avoid; }
.verdict strong { display: block; }
.verdict ul { margin: .25rem 0; padding-left: 1.2rem; }
.verdict.proven { border-left-color: var(--good); } .verdict.proven strong { color: var(--good); }
.verdict.incomplete { border-left-color: var(--doubt); } .verdict.incomplete strong { color: var(--doubt); }
.verdict.tampered { border-left-color: var(--bad); } .verdict.tampered strong { color: var(--bad); }
table { border-collapse: collapse; width: 100%; margin: .75rem 0; font-size: .9rem; }
thead { display: table-header-group; break-inside: avoid; }
th { text-align: left; font-weight: 600; color: var(--soft); font-size: .8rem; border-bottom: 1px solid var(--ink);
  padding: .35rem .6rem .35rem 0; vertical-align: bottom; }
td { border-bottom: 1px solid var(--line); padding: .45rem .6rem .45rem 0; vertical-align: top; overflow-wrap: anywhere; }
tr { break-inside: avoid; }
td .soft, td.soft { font-size: .93em; }
time, .num { font-variant-numeric: tabular-nums; white-space: nowrap; }
.role { white-space: nowrap; font-weight: 600; }
.role::before { content: ""; display: inline-block; width: .6rem; height: .6rem; border-radius: 2px; margin-right: .4rem;
  background: currentColor; }
.role.steward, svg .steward { color: var(--steward); fill: var(--steward); }
.role.offeree, svg .offeree { color: var(--offeree); fill: var(--offeree); }
.role.worker, svg .worker { color: var(--worker); fill: var(--worker); }
.role.accountable, svg .accountable { color: var(--accountable); fill: var(--accountable); }
.leaf { white-space: nowrap; color: var(--soft); font-size: .93em; }
.reason { font-weight: 600; }
.lanes { display: grid; grid-template-columns: max-content 1fr; gap: .35rem 1rem; align-items: center; margin: 1rem 0;
  break-inside: avoid; }
.lanes svg { width: 100%; height: 1.1rem; display: block; background: var(--faint); }
svg .even { opacity: .62; }
.lanes .axis { grid-column: 2; display: flex; justify-content: space-between; color: var(--soft); font-size: .8rem; gap: 1rem; }
details { border: 1px solid var(--line); border-radius: 4px; padding: .5rem .9rem; margin: .6rem 0; }
summary { cursor: pointer; }
details pre { max-height: 24rem; overflow: auto; }
ol.steps { padding-left: 1.3rem; } ol.steps > li { margin: .75rem 0; max-width: none; break-inside: avoid; }
a { color: var(--steward); }
footer { color: var(--soft); font-size: .85rem; border-top: 1px solid var(--line); margin-top: 3rem; padding-top: 1rem;
  padding-bottom: 3rem; }
@media screen and (max-width: 720px) {
  main, header, footer { padding-left: 1rem; padding-right: 1rem; }
  header { padding-top: 1.5rem; }
  h1 { font-size: 1.4rem; overflow-wrap: anywhere; }
  dl.facts { grid-template-columns: 1fr; gap: 0; } dl.facts dd { margin-bottom: .6rem; }
  table, tbody, tr, td { display: block; width: 100%; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  tr { border: 1px solid var(--line); border-radius: 4px; padding: .4rem .75rem; margin: .6rem 0; }
  td { border: 0; padding: .25rem 0; display: grid; grid-template-columns: 6.5rem 1fr; gap: .75rem; }
  td:empty { display: none; }
  td::before { content: attr(data-label); color: var(--soft); font-size: .85em; }
  .lanes { grid-template-columns: 1fr; gap: .15rem; } .lanes svg { margin-bottom: .35rem; } .lanes .axis { grid-column: 1; }
}
@page { size: A4; margin: 16mm 14mm 18mm;
  @bottom-left { content: "Baton ownership report"; font: 8pt sans-serif; color: #5a6573; }
  @bottom-right { content: counter(page) " / " counter(pages); font: 8pt sans-serif; color: #5a6573; } }
@media print {
  body { font-size: 9.5pt; line-height: 1.4; }
  main, header, footer { max-width: none; padding-left: 0; padding-right: 0; }
  header { padding-top: 0; }
  h2 { margin-top: 1.6rem; }
  table { font-size: 8.2pt; } th { font-size: 7.6pt; }
  p, li { max-width: none; }
  a { color: inherit; text-decoration: none; }
  .screen-only { display: none; }
  pre { font-size: 7.6pt; break-inside: avoid; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
}
`;
