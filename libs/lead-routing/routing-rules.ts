import type { VersionSigned } from '../agreements/signed-versions.js';
import { metadataOf } from '../contracts/event-metadata.js';
import { decodeLeadEvent } from '../contracts/lead-event-codec.js';
import type { RecordedEvent } from '../event-store/event-store.js';
import type { LeadEvent } from '../lead-lifecycle/lead-events.js';

/** What an event makes the processor do; most events, nothing. */
export type Errand =
  /** hand the lead off, or hold it */
  | { readonly kind: 'route'; readonly lead: string }
  /** a team may have room again */
  | { readonly kind: 'release'; readonly team: string }
  /** score captured and nurturing leads under a policy from this time on (ISO) */
  | { readonly kind: 'rescore'; readonly from: string }
  /** leads that found no sales team may find one now */
  | { readonly kind: 'route-waiting' }
  | { readonly kind: 'mirror-touch'; readonly lead: string; readonly event: LeadEvent & { type: 'LeadContacted' } }
  | { readonly kind: 'absorb'; readonly lead: string; readonly into: string }
  /** what a contact has withdrawn holds for the one that goes on */
  | { readonly kind: 'carry-consent'; readonly contact: string; readonly into: string };

/** The rules of the automatic flow, as a pure function of one event. History that was imported has had its flow. */
export function errandsOf(event: RecordedEvent): readonly Errand[] {
  if (metadataOf(event).imported) return [];
  const [category = ''] = event.stream.split('-');
  const id = event.stream.slice(category.length + 1);
  switch (category) {
    case 'lead':
      return errandsOfLead(id, event);
    case 'contact': {
      const { into } = event.data;
      const isMerge = event.type === 'ContactMerged.v1' && typeof into === 'string';
      return isMerge ? [{ kind: 'carry-consent', contact: id, into }] : [];
    }
    case 'team':
      return errandsOfTeam(id, event);
    case 'policy': {
      const { inForceFrom } = event.data as Partial<VersionSigned>;
      return event.type === 'PolicySigned.v1' && inForceFrom ? [{ kind: 'rescore', from: inForceFrom }] : [];
    }
    default:
      return [];
  }
}

function errandsOfLead(lead: string, recorded: RecordedEvent): readonly Errand[] {
  const event = decodeLeadEvent(recorded);
  if (!event) return [];
  const freed = freedTeams(event).map((team): Errand => ({ kind: 'release', team }));
  switch (event.type) {
    case 'LeadQualified':
    case 'LeadReleased':
      return [...freed, { kind: 'route', lead }];
    case 'HandoffExpired':
      return event.data.next === 'qualified' ? [{ kind: 'route', lead }, ...freed] : freed;
    case 'LeadContacted':
      return [{ kind: 'mirror-touch', lead, event }];
    case 'LeadMerged':
      return [{ kind: 'absorb', lead, into: event.data.into }];
    default:
      return freed;
  }
}

/** Sales teams that have the lead no longer: it is neither offered to them nor worked by them any more. */
function freedTeams({ meta: { change } }: LeadEvent): readonly string[] {
  const before = [change?.offeree?.from?.team, change?.worker?.from?.team];
  const after = [change?.offeree?.to?.team, change?.worker?.to?.team];
  // A lost lead is its worker's still, but no longer open work.
  const lost = change?.state?.to === 'lost' ? [LOST_OF_WORKER] : [];
  const freed = before.filter((team): team is string => team !== undefined && !after.includes(team));
  return [...new Set([...freed, ...lost])];
}

/** Stands for "the worker's team", which an event of the loss alone does not name: every team is looked at. */
export const LOST_OF_WORKER = '*';

function errandsOfTeam(team: string, event: RecordedEvent): readonly Errand[] {
  switch (event.type) {
    case 'CapacityDeclared.v1':
      return [{ kind: 'release', team }];
    case 'TeamFormed.v1':
      return event.data.kind === 'sales' ? [{ kind: 'route-waiting' }] : [];
    default:
      return [];
  }
}
