import { html, type Html } from './html.js';
import { seenKey, type ReportData } from './report-data.js';
import { roleChanges, type ReportChange, type ReportInterval, type RoleChange } from './report-rows.js';
import { actorOf, leafOf, ownerOf, roleOf, seenOf, timeOf, typeOf } from './report-words.js';

interface Column<Row> {
  readonly name: string;
  readonly cell: (row: Row) => Html | string;
}

/** A table that repeats its head on each printed page, and becomes a card a row where the screen is narrow. */
export function tableOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): Html {
  const head = columns.map(({ name }) => html`<th scope="col">${name}</th>`);
  const body = rows.map((row) => {
    const cells = columns.map(({ name, cell }) => html`<td data-label="${name}"><div>${cell(row)}</div></td>`);
    return html`<tr>
      ${cells}
    </tr> `;
  });
  return html`<table>
    <thead>
      <tr>
        ${head}
      </tr>
    </thead>
    <tbody>
      ${body}
    </tbody>
  </table>`;
}

/** Where a report is about several leads, each row names its own. */
const leadColumn = <Row extends { readonly lead: { readonly lead: string } }>({
  subject,
}: ReportData): Column<Row>[] =>
  subject.kind === 'lead'
    ? []
    : [{ name: 'Lead', cell: ({ lead }) => html`<a class="mono" href="#lead-${lead.lead}">${lead.lead}</a>` }];

const whyOf = (reason: string | undefined): Html | undefined =>
  reason === undefined ? undefined : html`<br /><span class="reason">${reason}</span>`;

export function intervalTable(report: ReportData, rows: readonly ReportInterval[]): Html {
  return tableOf<ReportInterval>(
    [
      ...leadColumn<ReportInterval>(report),
      { name: 'Role', cell: ({ role }) => roleOf(role) },
      { name: 'Who had it', cell: ({ owner }) => ownerOf(owner) },
      { name: 'From', cell: beginningOf },
      { name: 'Until', cell: endOf },
    ],
    rows,
  );
}

function beginningOf({ from, by, reasonCode, index, lead, role, revision }: ReportInterval): Html {
  const seen = seenOf(lead.checked?.seen.get(seenKey(role, revision))?.beginning);
  return html`${timeOf(from)} ${leafOf(index)}<br />by ${actorOf(by)}${whyOf(reasonCode)}${seen && html`<br />${seen}`}`;
}

function endOf({ until, ending, endedIndex, lead, role, revision }: ReportInterval): Html {
  if (until === undefined || ending === undefined || endedIndex === undefined) return html`still`;
  const seen = seenOf(lead.checked?.seen.get(seenKey(role, revision))?.end);
  const { by, reasonCode } = ending;
  return html`${timeOf(until)} ${leafOf(endedIndex)}<br />by
    ${actorOf(by)}${whyOf(reasonCode)}${seen && html`<br />${seen}`}`;
}

export function changeTable(report: ReportData, rows: readonly ReportChange[]): Html {
  return tableOf<ReportChange>(
    [
      { name: 'Leaf', cell: ({ index }) => html`<span class="num">${index}</span>` },
      ...leadColumn<ReportChange>(report),
      { name: 'Recorded', cell: recordedOf },
      { name: 'Who', cell: ({ leaf }) => actorOf(leaf.actor) },
      { name: 'What', cell: whatOf },
      { name: 'Why', cell: ({ change }) => html`<span class="reason">${change?.reasonCode ?? '–'}</span>` },
    ],
    rows,
  );
}

function recordedOf({ leaf, change }: ReportChange): Html {
  const told = leaf.occurredAt === leaf.recordedAt ? undefined : html`happened ${timeOf(leaf.occurredAt)}`;
  const effect =
    (change?.effectiveAt ?? leaf.occurredAt) === leaf.occurredAt
      ? undefined
      : html`in effect ${timeOf(change?.effectiveAt ?? '')}`;
  const more = [told, effect].map((one) => one && html`<br /><span class="soft">${one}</span>`);
  return html`${timeOf(leaf.recordedAt)}${more}`;
}

function whatOf({ leaf, change, index }: ReportChange): Html {
  const state = change?.state;
  const moved = state && html`<br /><span class="soft">${state.from ?? 'nothing'} → ${state.to ?? 'nothing'}</span>`;
  const quarantined = leaf.quarantined && html`<br /><span class="reason">quarantined</span>`;
  return html`<span id="leaf-${index}">${typeOf(leaf.type)}</span
    >${moved}${roleChanges(change).map(roleChange)}${quarantined}`;
}

function roleChange({ role, from, to }: RoleChange): Html {
  const one = (owner: RoleChange['from']): Html | string => (owner === null ? 'nobody' : ownerOf(owner));
  return html`<br />${roleOf(role)} ${one(from)} → ${one(to)}`;
}
