import type { Actor } from '../../decider/decision.js';
import type { Owner } from '../../lead-lifecycle/lead-events.js';
import type { OwnerRole } from '../../lead-lifecycle/ownership.js';
import { html, type Html } from './html.js';
import type { SeenTimes } from './report-data.js';

/** `2026-03-02 10:15:00`, to the second, in UTC, as the page says once; what is no time is shown as it is. */
export function timeOf(iso: string): Html {
  const shown = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(iso) ? iso.slice(0, 19).replace('T', ' ') : iso;
  return html`<time datetime="${iso}">${shown}</time>`;
}

export const leafOf = (index: number): Html => html`<span class="leaf">leaf ${index}</span>`;

const ROLE_NAMES: Readonly<Record<OwnerRole, string>> = {
  steward: 'Steward',
  offeree: 'Offeree',
  worker: 'Worker',
  accountable: 'Accountable',
};
export const roleOf = (role: OwnerRole): Html => html`<span class="role ${role}">${ROLE_NAMES[role]}</span>`;

export const ownerOf = ({ team, person }: Owner): Html =>
  person === undefined
    ? html`${team} <span class="soft">(the team)</span>`
    : html`${person} <span class="soft">of ${team}</span>`;

export function actorOf({ id, kind, role, team, onBehalfOf }: Actor): Html {
  const as = [kind === 'human' ? undefined : kind, role === kind ? undefined : role, team].filter(
    (one) => one !== undefined,
  );
  const behalf = onBehalfOf === undefined ? undefined : html`, on behalf of ${onBehalfOf}`;
  return html`${id} <span class="soft">(${as.join(', ')})</span>${behalf}`;
}

/** When witnesses saw a leaf come into the log. */
export function seenOf(seen: SeenTimes | undefined): Html | undefined {
  if (seen === undefined) return undefined;
  const { notBefore, notAfter } = seen;
  if (notBefore === undefined && notAfter === undefined)
    return html`<span class="soft">no quorum vouches for it</span>`;
  const start = notBefore === undefined ? html`open` : timeOf(notBefore);
  const end = notAfter === undefined ? html`open` : timeOf(notAfter);
  return html`<span class="soft">seen between ${start} and ${end}</span>`;
}

/** `LeadRecycled.v1` is told as LeadRecycled: the names of the lifecycle are the words of the trade. */
export const typeOf = (type: string): string => type.replace(/\.v\d+$/, '');

export const many = (count: number, one: string, more = `${one}s`): string => `${count} ${count === 1 ? one : more}`;
