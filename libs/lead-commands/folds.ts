import type { AgreementContent } from '../agreements/agreement-content.js';
import type { PolicyContent } from '../agreements/policy.js';
import {
  evolveVersions,
  initialVersions,
  type SignedKind,
  type VersionEvent,
  type VersionsState,
} from '../agreements/signed-versions.js';
import { evolveTeam, initialTeam, type Team, type TeamEvent } from '../agreements/team.js';
import type { Recorded } from '../agreements/recorded.js';
import { evolveContact, initialContact, type ContactState } from '../contacts/contact.js';
import { metadataOf } from '../contracts/event-metadata.js';
import { eventVersions, storedType } from '../contracts/event-type.js';
import { decodeLeadEvent } from '../contracts/lead-event-codec.js';
import { UnknownEvent } from '../contracts/unknown-event.js';
import type { EventDraft } from '../decider/decision.js';
import { evolveLogKeys, NO_LOG_KEYS, type LogKeys } from '../log-decisions/log-keys.js';
import { evolveQuarantine, NO_QUARANTINE, type Quarantine } from '../log-decisions/quarantine.js';
import type { JsonObject } from '../decider/json.js';
import type { RecordedEvent } from '../event-store/event-store.js';
import { evolve, UNCREATED, type LeadState } from '../lead-lifecycle/lead-state.js';
import type { Fold } from './loaded-stream.js';

/*
 * Every fold reads old versions as those of today, and stops (UnknownEvent) at what it does not know: no command is
 * decided on a history that was half understood.
 */

export const leadFold = understanding<LeadState>({
  initial: UNCREATED,
  evolve(state, event) {
    const decoded = decodeLeadEvent(event);
    if (!decoded) throw new UnknownEvent(event, event.type);
    return evolve(state, decoded);
  },
});

export const contactFold = understanding<ContactState>({
  initial: initialContact,
  evolve: (state, event) => evolveContact(state, current(event)),
});

export const teamFold = (id: string): Fold<Team> =>
  understanding({
    initial: initialTeam(id),
    evolve: (state, event) => evolveTeam(state, recorded<TeamEvent>(event)),
  });

export const policyFold = (segment: string): Fold<VersionsState<PolicyContent>> => versionsFold('policy', segment);
export const agreementFold = (segment: string): Fold<VersionsState<AgreementContent>> =>
  versionsFold('agreement', segment);

export function versionsFold<Content>(kind: SignedKind, segment: string): Fold<VersionsState<Content>> {
  return understanding({
    initial: initialVersions(kind, segment),
    evolve: (state, event) => evolveVersions(state, recorded<VersionEvent<Content>>(event)),
  });
}

export const logKeysFold: Fold<LogKeys> = {
  initial: NO_LOG_KEYS,
  evolve: (state, event) => evolveLogKeys(state, { ...current(event), recordedAt: metadataOf(event).recordedAt }),
};

export const quarantineFold: Fold<Quarantine> = {
  initial: NO_QUARANTINE,
  evolve: (state, event) => evolveQuarantine(state, { ...current(event), by: metadataOf(event).actor.id }),
};

/** What a fold trips over was not written by the commands, whatever its type says. */
function understanding<State>(fold: Fold<State>): Fold<State> {
  return {
    initial: fold.initial,
    evolve(state, event) {
      try {
        return fold.evolve(state, event);
      } catch (fault) {
        throw fault instanceof UnknownEvent ? fault : new UnknownEvent(event, event.type, fault);
      }
    },
  };
}

/** The deciders' own form of a stored event. */
const recorded = <Event extends EventDraft>(event: RecordedEvent): Recorded<Event> =>
  ({ ...current(event), recordedAt: metadataOf(event).recordedAt }) as unknown as Recorded<Event>;

/** @throws UnknownEvent */
function current(event: RecordedEvent): { readonly type: string; readonly data: JsonObject } {
  const read = eventVersions.read(event);
  if (!read) throw new UnknownEvent(event, event.type);
  return { type: storedType(read.name), data: read.data };
}
