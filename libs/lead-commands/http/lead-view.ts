import type { JsonObject } from '../../decider/json.js';
import type { EventMetadata } from '../../contracts/event-metadata.js';
import { allowedCommands } from '../../lead-lifecycle/decide/allowed.js';
import { currentCycle } from '../../lead-lifecycle/lead-state.js';
import type { TimelineEntry } from '../lead-history.service.js';
import type { LeadAt } from '../lead-past.js';

/** A lead as folded from its own stream. Nothing here is about the person. */
export type LeadView = ReturnType<typeof leadView>;

export function leadView(lead: string, { state, revision }: LeadAt) {
  const { leaf, contact, steward, offeree, worker, accountable, offer, source, topic, campaign, profile } = state;
  return {
    lead,
    revision,
    state: leaf,
    cycle: currentCycle(state)?.number ?? 1,
    cycles: state.cycles,
    contact,
    source,
    topic,
    campaign,
    behaviours: state.behaviours,
    profile,
    steward,
    offeree,
    worker,
    accountable,
    offer,
    score: state.score,
    qualification: state.qualification,
    resumeAt: state.resumeAt,
    touches: state.touches,
    proposal: state.proposal,
    mergedInto: state.mergedInto,
    absorbed: state.absorbed,
    imported: state.imported,
    createdAt: state.createdAt,
    effectiveAt: state.effectiveAt,
    allowed: [...allowedCommands(leaf)],
  };
}

export interface TimelineView {
  readonly events: readonly (Omit<EventMetadata, 'bodyMac' | '$correlationId' | '$causationId'> & {
    readonly id: string;
    readonly revision: number;
    readonly type: string;
    readonly data: JsonObject;
    readonly personal?: TimelineEntry['personal'];
  })[];
  /** the cursor of the next page, where there may be one */
  readonly next?: string;
}

export function timelineView(entries: readonly TimelineEntry[], next: { readonly next?: string }): TimelineView {
  const events = entries.map(({ id, revision, type, metadata, data, personal }) => {
    const { bodyMac: _mac, $correlationId: _correlation, $causationId: _causation, ...said } = metadata;
    return { id, revision, type, ...said, data, ...(personal === undefined ? {} : { personal }) };
  });
  return { events, ...next };
}
