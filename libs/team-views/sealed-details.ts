import type { JsonObject } from '../decider/json.js';
import type { EnvelopeContext } from '../personal-data/envelope.js';
import type { LeadRecord } from './lead-record.js';

/** Contact details as an event sealed them. `corrected` names the fields it replaced; none of them at creation. */
export interface SealedDetails {
  readonly eventId: string;
  readonly eventType: string;
  readonly corrected: readonly string[];
  readonly pii: JsonObject;
}

/** Whether an event says who the person is; free text that other events seal is not among the details. */
export const hasDetails = (event: LeadRecord): boolean =>
  event.pii !== undefined && (event.type === 'LeadCreated' || event.type === 'LeadDetailsCorrected');

/** The sealed details after an event: a correction of all that an earlier one corrected takes its place. */
export function withDetails(sealed: readonly SealedDetails[], event: LeadRecord): readonly SealedDetails[] {
  if (event.pii === undefined || !hasDetails(event)) return sealed;
  const corrected = event.type === 'LeadDetailsCorrected' ? event.data.corrected : [];
  const standing = sealed.filter(
    (earlier) => earlier.corrected.length === 0 || !earlier.corrected.every((field) => corrected.includes(field)),
  );
  return [...standing, { eventId: event.id, eventType: event.storedType, corrected, pii: event.pii }];
}

/** Opens one envelope; not ok where the contact was erased or the keys cannot tell. */
export type OpenEnvelope = (
  pii: JsonObject,
  context: EnvelopeContext,
) => Promise<{ readonly ok: true; readonly personal: JsonObject } | { readonly ok: false }>;

/**
 * The present details of the person behind a lead, each field from the latest event that gave it; undefined where not
 * all can be opened: a part could show a field that was since corrected.
 */
export async function openDetails(
  { lead: leadId, contact }: { readonly lead: string; readonly contact: string },
  sealed: readonly SealedDetails[],
  open: OpenEnvelope,
): Promise<JsonObject | undefined> {
  let details: JsonObject = {};
  for (const { eventId, eventType, pii } of sealed) {
    const opened = await open(pii, { leadId, contact, eventId, eventType });
    if (!opened.ok) return undefined;
    details = { ...details, ...opened.personal };
  }
  return details;
}
