import { routeOf, type RoutingRule } from '../../agreements/agreement-content.js';
import type { TeamState } from '../../agreements/team.js';
import type { LeadDraft, LeadEventData, Owner } from '../lead-events.js';
import { currentCycle } from '../lead-state.js';
import {
  agreementOf,
  badResumeAt,
  barred,
  conflict,
  draft,
  invalid,
  isOwner,
  refsOf,
  withReason,
  yields,
} from './deciding.js';
import type { Deciding, Step } from './deciding.js';
import { overridden } from './scoring.js';

type Route = LeadEventData<'LeadHandedOff'>['route'];
type Routed = Deciding<'route'> | Deciding<'hand-off'>;

/** What the automatic flow does with a qualified lead: holds it where sales is full, else hands it off. */
export function route(deciding: Deciding<'route'>): Step {
  const { state, facts } = deciding;
  const { content } = facts.agreement;
  const bar = barred(deciding);
  if (bar) return bar;
  // What asked for the route may be older than the offer: who asks late must not offer again what was taken back.
  if (state.offerWithdrawn) return conflict('its hand-off was withdrawn: the steward decides');
  if ((currentCycle(state)?.offers ?? 0) >= content.mostOffersPerCycle) return conflict('offered as often as agreed');
  const { source, topic, profile } = state;
  const rule = routeOf(content, { source, topic, segment: profile.segment });
  const team = rule && chooseTeam(deciding, rule);
  if (!rule || !team) return conflict('no sales team to hand the lead to');
  const backlog = facts.load?.backlog(team.id) ?? 0;
  if (isFull(team, backlog)) {
    const basis = { kind: 'capacity' } as const;
    const full = { team: team.id, backlog, capacity: team.openLeads, basis, ...refsOf(facts) };
    return yields({ ...draft(deciding, 'LeadHeld', full), rule: 'hold' });
  }
  const offerId = facts.offerId;
  if (offerId === undefined) return conflict('the rule was given no offer id');
  const offeree = chooseOfferee(deciding, rule, team);
  return yields({ ...handedOff(deciding, offeree, offerId, { kind: 'rule', name: rule.name }), rule: 'hand-off' });
}

const isFull = (team: TeamState, backlog: number): boolean => team.openLeads !== null && backlog >= team.openLeads;

/** The named team, or of all sales teams one with room, the least laden first. */
function chooseTeam({ facts }: Deciding<'route'>, rule: RoutingRule): TeamState | undefined {
  if (rule.to !== '*') {
    const named = facts.teams.get(rule.to);
    return named?.kind === 'sales' ? named : undefined;
  }
  const laden = (team: TeamState) => facts.load?.backlog(team.id) ?? 0;
  const byLoad = facts.teams.ofKind('sales').toSorted((a, b) => laden(a) - laden(b));
  return byLoad.find((team) => !isFull(team, laden(team))) ?? byLoad[0];
}

/** Round robin: whoever was offered a lead longest ago, by id where that does not tell. */
function chooseOfferee({ facts }: Deciding<'route'>, rule: RoutingRule, team: TeamState): Owner {
  if (rule.mode === 'queue' || team.members.length === 0) return { team: team.id };
  const last = (person: string) => facts.load?.lastOfferedAt(team.id, person) ?? '';
  const [person] = team.members.toSorted((a, b) => compare(last(a), last(b)) || compare(a, b));
  return person === undefined ? { team: team.id } : { team: team.id, person };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export function handOff(deciding: Deciding<'hand-off'>): Step {
  const { command, facts } = deciding;
  if (!isOwner(facts, 'sales', command.offeree))
    return invalid('/offeree', 'must be a sales team, or one of its people');
  return overridden(deciding, command.reason, (basis) => handedOff(deciding, command.offeree, command.offerId, basis));
}

/** The hand-off packet: what sales needs to know, complete by construction. */
function handedOff(deciding: Routed, offeree: Owner, offerId: string, by: Route): LeadDraft {
  const { state, facts, at } = deciding;
  const { source, topic, campaign, touches, qualification, recommendedMessage } = state;
  const { acceptWithinMinutes, firstTouchWithinMinutes } = facts.agreement.content;
  const imported = facts.actor.role === 'import';
  const due = (minutes: number) => (imported ? null : new Date(Date.parse(at) + minutes * 60_000).toISOString());
  return draft(deciding, 'LeadHandedOff', {
    offerId,
    offeree,
    acceptBy: due(acceptWithinMinutes),
    firstTouchBy: due(firstTouchWithinMinutes),
    route: by,
    packet: {
      whyNow: qualification?.kind === 'policy' ? 'policy-passed' : 'qualified-by-hand',
      source,
      topic,
      ...(campaign ? { campaign } : {}),
      touches,
      // Only a qualified lead is handed off, so the qualification is there; the fallback keeps the fold total.
      qualification: qualification ?? { kind: 'override', reason: 'unknown' },
      ...(recommendedMessage ? { recommendedMessage } : {}),
    },
    agreement: agreementOf(facts),
    ...refsOf(facts),
  });
}

export function hold(deciding: Deciding<'hold'>): Step {
  const { command, facts } = deciding;
  const team = facts.teams.get(command.team);
  if (team?.kind !== 'sales') return invalid('/team', 'must be a sales team');
  const backlog = facts.load?.backlog(team.id) ?? 0;
  return overridden(deciding, command.reason, (basis) =>
    draft(deciding, 'LeadHeld', { team: team.id, backlog, capacity: team.openLeads, basis, ...refsOf(facts) }),
  );
}

export function release(deciding: Deciding<'release'>): Step {
  const { command, state, facts } = deciding;
  const team = facts.teams.get(state.heldFor ?? '');
  const backlog = facts.load?.backlog(state.heldFor ?? '') ?? 0;
  const data = { team: state.heldFor ?? '', backlog, capacity: team?.openLeads ?? null, ...refsOf(facts) };
  if (facts.actor.role === 'rule') {
    if (team && isFull(team, backlog)) return conflict('the sales team is still full');
    const released = draft(deciding, 'LeadReleased', { ...data, basis: { kind: 'capacity' } });
    return yields({ ...released, rule: 'release' });
  }
  return overridden(deciding, command.reason ?? '', (basis) => draft(deciding, 'LeadReleased', { ...data, basis }));
}

export function withdrawHandoff(deciding: Deciding<'withdraw-handoff'>): Step {
  const { command, facts } = deciding;
  return withReason(facts, 'withdraw', command.reason, (reason) =>
    yields(draft(deciding, 'HandoffWithdrawn', { offerId: offerOf(deciding), reason })),
  );
}

/** Whoever accepts works it. A late answer counts as late and stands, as long as the offer has not expired. */
export function accept(deciding: Deciding<'accept'>): Step {
  const { command, state, facts, right, at } = deciding;
  if (isOtherOffer(deciding, command.offerId)) return conflict('that offer is no longer the open one');
  const worker = command.worker ?? { team: right.team ?? '', person: facts.actor.id };
  if (command.worker && right.relation !== 'import') return invalid('/worker', 'whoever accepts becomes the worker');
  if (!isOwner(facts, 'sales', worker)) return invalid('/worker', 'must be one of a sales team');
  const acceptBy = state.offer?.acceptBy ?? null;
  const late = acceptBy !== null && at > acceptBy;
  return yields(
    draft(deciding, 'HandoffAccepted', { offerId: offerOf(deciding), worker, late, agreement: agreementOf(facts) }),
  );
}

export function reject(deciding: Deciding<'reject'>): Step {
  const { command, facts } = deciding;
  if (isOtherOffer(deciding, command.offerId)) return conflict('that offer is no longer the open one');
  const { resumeAt } = command;
  const bad = badResumeAt(deciding.at, resumeAt);
  if (bad) return bad;
  return withReason(facts, 'reject', command.reason, (reason) =>
    yields(
      draft(deciding, 'HandoffRejected', {
        offerId: offerOf(deciding),
        reason,
        ...(resumeAt ? { resumeAt } : {}),
      }),
    ),
  );
}

/** Offered on as long as the agreement allows, then back to its steward. */
export function expire(deciding: Deciding<'expire'>): Step {
  const { command, state, facts } = deciding;
  if (isOtherOffer(deciding, command.offerId)) return conflict('that offer is no longer the open one');
  const acceptBy = state.offer?.acceptBy ?? null;
  if (acceptBy === null || facts.now <= acceptBy) return conflict('the time to accept has not passed');
  const offers = currentCycle(state)?.offers ?? 1;
  const next = offers >= facts.agreement.content.mostOffersPerCycle ? 'nurturing' : 'qualified';
  const data = { offerId: command.offerId, next, offers, agreement: agreementOf(facts) } as const;
  const expired = draft(deciding, 'HandoffExpired', data);
  return yields(facts.actor.role === 'rule' ? { ...expired, rule: 'expire' } : expired);
}

type Answer = Deciding<'accept'> | Deciding<'reject'> | Deciding<'expire'> | Deciding<'withdraw-handoff'>;
/** Only an offered lead reaches here, and that has an offer. */
const offerOf = ({ state }: Answer): string => state.offer?.id ?? '';
const isOtherOffer = ({ state }: Answer, named: string | undefined): boolean =>
  named !== undefined && named !== state.offer?.id;
