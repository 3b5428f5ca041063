import { hash } from 'node:crypto';
import { html, Html } from './html.js';
import { howToCheckSection, notProvenSection } from './report-checking.js';
import type { ReportData } from './report-data.js';
import { lanesOf } from './report-lanes.js';
import { checkpointSection, proofSection } from './report-proofs.js';
import { reportChanges, reportIntervals, type ReportChange, type ReportInterval } from './report-rows.js';
import { REPORT_STYLE } from './report-style.js';
import { changeTable, intervalTable } from './report-tables.js';
import { many, timeOf } from './report-words.js';

/** Nothing is fetched and nothing runs, whatever got into the page. */
const POLICY = `default-src 'none'; style-src 'sha256-${hash('sha256', REPORT_STYLE, 'base64')}'; base-uri 'none'; form-action 'none'`;

/** The report as one HTML page that needs nothing else. Pure: the same data gives the same page. */
export function reportPage(report: ReportData): string {
  const intervals = reportIntervals(report);
  const changes = reportChanges(report);
  const title = titleOf(report);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>Ownership of ${title}</title>
        ${STYLE}
      </head>
      <body>
        <header>
          <p class="eyebrow">Ownership report</p>
          <h1>
            Who had ${report.subject.kind === 'lead' ? 'this lead' : 'the leads of this team'}, when, and who made it so
          </h1>
          <p class="subject mono">${title}</p>
          ${facts(report, intervals, changes)} ${verdict(report)}
        </header>
        <main>
          <h2>Who had ${report.subject.kind === 'lead' ? 'it' : 'what'}</h2>
          ${intervalSection(report, intervals)}
          <h2>Who changed what, and why</h2>
          ${changeSection(report, changes)} ${checkpointSection(report)} ${proofSection(report)}
          ${howToCheckSection(report)} ${notProvenSection()}
        </main>
        <footer>
          <p>
            Made by Baton from the sealed log alone. It holds opaque ids only: no name, address or text that a person
            wrote.
          </p>
        </footer>
      </body>
    </html> `.text;
}

/** As it was hashed: not a character may be added. */
const STYLE = new Html(`<style>${REPORT_STYLE}</style>`);

const titleOf = ({ subject }: ReportData): string =>
  subject.kind === 'lead' ? `lead ${subject.lead}` : `the leads of team ${subject.team}`;

function facts(report: ReportData, intervals: readonly ReportInterval[], changes: readonly ReportChange[]): Html {
  const { period, madeAt, source, leads } = report;
  const people = new Set(changes.map(({ leaf }) => leaf.actor.id)).size;
  const of = report.subject.kind === 'lead' ? '' : ` of ${many(leads.length, 'lead')}`;
  return html`<dl class="facts">
    <dt>Period</dt>
    <dd>${periodOf(period)}</dd>
    <dt>Told here</dt>
    <dd>${many(intervals.length, 'interval')}${of}, ${many(changes.length, 'change')} by ${many(people, 'actor')}</dd>
    <dt>Made</dt>
    <dd>${timeOf(madeAt)} from ${source}</dd>
    <dt>Times</dt>
    <dd>in UTC; only those marked “seen” are vouched for by witnesses</dd>
  </dl>`;
}

function periodOf({ from, to }: ReportData['period']): Html {
  if (from === undefined && to === undefined) return html`from the beginning to the checkpoint`;
  return html`${from === undefined ? 'from the beginning' : html`from ${timeOf(from)}`} to
  ${to === undefined ? 'the checkpoint' : html`before ${timeOf(to)}`}`;
}

/** What a check said when the page was made; a page cannot vouch for itself, and says so. */
function verdict({ leads, checkedBy }: ReportData): Html {
  const own = html`<p>
    This page does not vouch for itself: <a href="#check">check it yourself</a>, with keys that you were given by
    somebody else than the operator of the log.
  </p>`;
  if (checkedBy === undefined)
    return html`<div class="verdict">
      <strong>Not checked when it was made</strong>
      <p>No policy and no event keys were given, so that nothing here says when the witnesses saw it.</p>
      ${own}
    </div>`;
  const of = (one: string) => leads.filter(({ checked }) => checked?.verdict === one);
  const worst = ['tampered', 'incomplete'].find((one) => of(one).length > 0) ?? 'proven';
  const rules = of('tampered').map(({ lead, checked }) => `${lead}: ${checked?.rule ?? ''}`);
  const doubts = [...new Set(of('incomplete').flatMap(({ checked }) => checked?.doubts ?? []))];
  return html`<div class="verdict ${worst}">
    <strong>${VERDICTS[worst]}</strong>
    ${
      worst !== 'proven' &&
      html`<ul>
        ${(worst === 'tampered' ? rules : doubts).map((line) => html`<li>${line}</li>`)}
      </ul>`
    }
    <p class="soft">
      Checked when it was made, by a policy with SHA-256 <span class="mono">${checkedBy.policy}</span> and event keys
      with SHA-256 <span class="mono">${checkedBy.eventKeys}</span>.
    </p>
    ${own}
  </div>`;
}

const VERDICTS: Readonly<Record<string, string>> = {
  proven: 'Proven when it was made',
  incomplete: 'Nothing is wrong, but not everything is shown',
  tampered: 'Tampered: this must not be believed',
};

function intervalSection(report: ReportData, intervals: readonly ReportInterval[]): Html {
  if (intervals.length === 0) return html`<p>Nothing in this period.</p>`;
  return html`${report.subject.kind === 'lead' && lanesOf(intervals, report.period, report.madeAt)}
    <p class="soft">
      <b>Steward</b>: the accountable person or team in marketing. <b>Offeree</b>: to whom sales was offered it.
      <b>Worker</b>: the salesperson who worked it. <b>Accountable</b>: the team that the signed agreement makes
      accountable in that state. An interval begins at its first time and ends before its second; “leaf” is the number
      of its entry in the log.
    </p>
    ${intervalTable(report, intervals)}`;
}

function changeSection(report: ReportData, changes: readonly ReportChange[]): Html {
  if (changes.length === 0) return html`<p>Nothing in this period.</p>`;
  return html`<p class="soft">
      All changes of state or owner of ${report.subject.kind === 'lead' ? 'the lead' : 'these leads'} that were recorded
      or took effect in the period, in the order of the log.
    </p>
    ${changeTable(report, changes)}`;
}
