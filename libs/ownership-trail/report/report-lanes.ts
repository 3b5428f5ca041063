import { OWNER_ROLES } from '../../lead-lifecycle/ownership.js';
import { html, type Html } from './html.js';
import type { ReportPeriod } from './report-data.js';
import type { ReportInterval } from './report-rows.js';
import { roleOf, timeOf } from './report-words.js';

const WIDTH = 1_000;
/** So that also what lasted a moment is seen. */
const THINNEST = 2;

/** A lane for each role, from the beginning to the end of what is told: a picture, of which the tables say everything. */
export function lanesOf(
  intervals: readonly ReportInterval[],
  { from, to }: ReportPeriod,
  madeAt: string,
): Html | undefined {
  const begin = from ?? intervals[0]?.from;
  if (begin === undefined) return undefined;
  const end = [to ?? madeAt, madeAt].sort()[0] ?? madeAt;
  const span = Date.parse(end) - Date.parse(begin);
  if (!(span > 0)) return undefined;
  const place = (time: string): number =>
    Math.round((Math.min(Math.max(Date.parse(time) - Date.parse(begin), 0), span) / span) * WIDTH);
  const lanes = OWNER_ROLES.map((role) => {
    const bars = intervals
      .filter((interval) => interval.role === role)
      .map((interval, at) => {
        const x = Math.min(place(interval.from), WIDTH - THINNEST);
        const width = Math.max(place(interval.until ?? end) - x, THINNEST);
        const { team, person } = interval.owner;
        return html`<rect class="${role}${at % 2 === 1 ? ' even' : ''}" x="${x}" y="0" width="${width}" height="20"
          ><title>${person ?? team}</title></rect
        >`;
      });
    return html`${roleOf(role)}<svg viewBox="0 0 ${WIDTH} 20" preserveAspectRatio="none" aria-hidden="true">
        ${bars}
      </svg> `;
  });
  return html`<div class="lanes">
    ${lanes}
    <div class="axis">${timeOf(begin)}${timeOf(end)}</div>
  </div>`;
}
