import {
  BEN,
  DAY,
  FIELD,
  IMPORTER,
  IN_FORCE,
  INTAKE,
  MAX,
  MONA,
  OFFER,
  PASSES,
  RULE,
  SAM,
  SOUTH,
  WAY_TO,
  at,
  does,
  given,
  uuid,
} from '../lead.spec-kit.js';

const BAD_REASON = (list: string) => ({
  code: 'invalid' as const,
  field: '/reason',
  rule: `must be a reason of the agreed list "${list}"`,
});
const NO_CONSENT = { consentWithdrawn: true };
const ERASED = { contactErased: true };
const refusedConflict = (rule: string) => ({ code: 'conflict' as const, rule });
const refusedField = (field: string, rule?: string) => ({ code: 'invalid' as const, field, ...(rule ? { rule } : {}) });

describe('when it happened', () => {
  it.each([
    ['must not be in the future', at(10_000)],
    ['must not be before the year 2000', '1999-12-31T23:59:59.999Z'],
    ['must be an ISO 8601 time in UTC with milliseconds', '2024-02-30T00:00:00.000Z'],
    ['must be an ISO 8601 time in UTC with milliseconds', '0000'],
    ['must be an ISO 8601 time in UTC with milliseconds', '2023-05-05'],
  ])('%s', (rule, occurredAt) => {
    given(...WAY_TO.captured)
      .when(does(BEN, 'qualify', { occurredAt }))
      .thenRefused(refusedField('/occurredAt', rule));
  });
});

describe('creating', () => {
  it('needs a steward of marketing', () => {
    given()
      .when(does(IMPORTER, 'create', { steward: { team: FIELD.id } }))
      .thenRefused(refusedField('/steward', 'must be a marketing team, or one of its people'));
    given()
      .when(does(IMPORTER, 'create', { steward: { team: SOUTH.id, person: 'ben' } }))
      .thenRefused(refusedField('/steward'));
  });

  it('names the lead that the contact has already, where the caller may know of it', () => {
    const duplicate = { leadId: uuid(9), readable: true };
    given()
      .when(does(BEN, 'create', {}, { duplicate }))
      .thenRefused({ code: 'duplicate', leadId: uuid(9) });
    given()
      .when(does(BEN, 'create', {}, { duplicate: { ...duplicate, readable: false } }))
      .thenEvents('LeadCreated');
  });
});

describe('scoring and qualifying', () => {
  it('is by hand only with a reason of the agreed list', () => {
    const scenario = given(...WAY_TO.captured);
    scenario.when(does(BEN, 'qualify', { reason: 'because' })).thenRefused(BAD_REASON('override'));
    scenario
      .when(does(BEN, 'score', { override: { reason: 'because', points: [] } }))
      .thenRefused(BAD_REASON('override'));
    scenario
      .when({ ...does(BEN, 'score'), body: { override: undefined } })
      .thenRefused(refusedField('/override', 'a score by hand needs a reason and points'));
  });

  it('sums the points of a score by hand, and measures it by the policy in force', () => {
    const override = {
      reason: 'met-in-person',
      points: [30, 35].map((points) => ({ criterion: 'talk', attribute: 'topic' as const, input: 'crm', points })),
    };
    const [scored] = given(...WAY_TO.captured)
      .when(does(BEN, 'score', { override }, { policy: IN_FORCE }))
      .thenEvents('LeadScored');
    expect(scored?.data).toMatchObject({
      total: 65,
      passed: true,
      basis: { kind: 'override', reason: 'met-in-person' },
    });
  });

  it('by the rule goes by the policy alone', () => {
    const scenario = given(...WAY_TO.captured);
    const byPolicy = (facts: object) => ({ ...does(RULE, 'score', {}, facts), body: { override: undefined } });
    scenario.when(byPolicy({})).thenRefused(refusedConflict('no ideal-lead policy is in force'));
    scenario.when(byPolicy({ policy: IN_FORCE })).thenEvents('LeadScored');
    scenario
      .when(does(RULE, 'score', {}, { policy: IN_FORCE }))
      .thenRefused(refusedField('/override', 'the rule scores by the policy alone'));
  });

  it('is not for who withdrew consent or was erased', () => {
    const scenario = given(...WAY_TO.captured);
    scenario.when(does(BEN, 'qualify', {}, NO_CONSENT)).thenRefused(refusedConflict('the contact withdrew consent'));
    scenario.when(does(BEN, 'qualify', {}, ERASED)).thenRefused(refusedConflict('the contact was erased'));
  });
});

describe('withdrawing a qualification', () => {
  it('needs an agreed reason, and a later date where it names one', () => {
    const scenario = given(...WAY_TO.held);
    scenario.when(does(BEN, 'withdraw-qualification', { reason: 'because' })).thenRefused(BAD_REASON('withdraw'));
    scenario
      .when(does(BEN, 'withdraw-qualification', { resumeAt: at(0) }))
      .thenRefused(refusedField('/resumeAt', 'must be later than the return'));
  });

  it('by the rule needs the cause to be there', () => {
    const scenario = given(...WAY_TO.qualified);
    const withdraw = (reason: string, facts: object = {}) => does(RULE, 'withdraw-qualification', { reason }, facts);
    scenario.when(withdraw('consent-withdrawn')).thenRefused(refusedConflict('consent stands'));
    scenario.when(withdraw('consent-withdrawn', NO_CONSENT)).thenEvents('QualificationWithdrawn');
    scenario.when(withdraw('details-corrected')).thenRefused(refusedConflict('the lead still passes'));
    scenario
      .when(withdraw('prospect-asked-to-wait'))
      .thenRefused(refusedField('/reason', 'the rule withdraws only for lost consent or corrected details'));
    const passing = [does(BEN, 'create', PASSES, { policy: IN_FORCE })];
    const corrected = does(BEN, 'correct-details', {}, { policy: IN_FORCE });
    given(...passing, corrected)
      .when(withdraw('details-corrected'))
      .thenEvents('QualificationWithdrawn');
    given(...passing)
      .when(withdraw('details-corrected'))
      .thenRefused({ code: 'conflict' });
  });
});

describe('holding and releasing', () => {
  const full = { ...FIELD, openLeads: 5 };
  const load = (backlog: number) => ({ backlog: () => backlog, lastOfferedAt: () => undefined });
  const teams = { get: () => full, ofKind: () => [full] };

  it('by hand is an override that the event names', () => {
    const scenario = given(...WAY_TO.qualified);
    scenario.when(does(BEN, 'hold', { reason: 'because' })).thenRefused(BAD_REASON('override'));
    scenario.when(does(BEN, 'hold', { team: 'mkt-north' })).thenRefused(refusedField('/team', 'must be a sales team'));
    const [held] = scenario.when(does(BEN, 'hold')).thenEvents('LeadHeld');
    expect(held?.data).toMatchObject({ basis: { kind: 'override', reason: 'strategic-account' } });
    expect(held?.change?.reasonCode).toBe('strategic-account');
    given(...WAY_TO.held)
      .when({ ...does(BEN, 'release'), body: { reason: undefined } })
      .thenRefused(BAD_REASON('override'));
  });

  it('by the rule goes by the declared capacity', () => {
    const [held] = given(...WAY_TO.qualified)
      .when(does(RULE, 'route', {}, { load: load(5), teams }))
      .thenEvents('LeadHeld');
    expect(held?.data).toMatchObject({ team: FIELD.id, backlog: 5, capacity: 5, basis: { kind: 'capacity' } });
    const scenario = given(...WAY_TO.held);
    scenario
      .when(does(RULE, 'release', {}, { load: load(5), teams }))
      .thenRefused(refusedConflict('the sales team is still full'));
    const [released] = scenario.when(does(RULE, 'release', {}, { load: load(4), teams })).thenEvents('LeadReleased');
    expect(released?.data).toMatchObject({ backlog: 4, basis: { kind: 'capacity' } });
  });
});

describe('handing off', () => {
  it('needs an agreed reason and somebody of sales', () => {
    const scenario = given(...WAY_TO.qualified);
    scenario.when(does(BEN, 'hand-off', { reason: 'because' })).thenRefused(BAD_REASON('override'));
    const rule = 'must be a sales team, or one of its people';
    scenario.when(does(BEN, 'hand-off', { offeree: { team: SOUTH.id } })).thenRefused(refusedField('/offeree', rule));
    scenario
      .when(does(BEN, 'hand-off', { offeree: { team: FIELD.id, person: 'tom' } }))
      .thenRefused(refusedField('/offeree'));
  });

  it('brings a complete packet', () => {
    const touched = [does(BEN, 'contact'), does(BEN, 'recommend-message')];
    const [handed] = given(...WAY_TO.qualified, ...touched)
      .when(does(BEN, 'hand-off'))
      .thenEvents('LeadHandedOff');
    expect(handed?.data).toMatchObject({
      packet: {
        whyNow: 'qualified-by-hand',
        source: 'paid-search',
        topic: 'crm',
        touches: 1,
        qualification: { kind: 'override', reason: 'asked-for-sales' },
        recommendedMessage: 'case-study',
      },
      acceptBy: at(5 + DAY),
    });
  });

  it('is not done again by the rule once it was withdrawn, until somebody moves the lead on', () => {
    const withdrawn = given(...WAY_TO.offered, does(BEN, 'withdraw-handoff'));
    withdrawn.when(does(RULE, 'route')).thenRefused(refusedConflict('its hand-off was withdrawn: the steward decides'));
    withdrawn.when(does(BEN, 'hand-off')).thenEvents('LeadHandedOff');
    const released = [does(BEN, 'hold'), does(BEN, 'release')];
    given(...WAY_TO.offered, does(BEN, 'withdraw-handoff'), ...released)
      .when(does(RULE, 'route'))
      .thenEvents('LeadHandedOff');
  });

  it('can be withdrawn only for an agreed reason', () => {
    given(...WAY_TO.offered)
      .when(does(BEN, 'withdraw-handoff', { reason: 'because' }))
      .thenRefused(BAD_REASON('withdraw'));
  });
});

describe('answering an offer', () => {
  const scenario = given(...WAY_TO.offered);

  it('answers the open one only', () => {
    const offerId = uuid(77);
    const refused = refusedConflict('that offer is no longer the open one');
    scenario.when(does(SAM, 'accept', { offerId })).thenRefused(refused);
    scenario.when(does(SAM, 'reject', { offerId })).thenRefused(refused);
    scenario.when(does(RULE, 'expire', { offerId }, { now: at(9 * DAY) })).thenRefused(refused);
  });

  it('makes whoever accepts the worker: the manager too, but nobody that they name', () => {
    const [accepted] = scenario.when(does(MAX, 'accept')).thenEvents('HandoffAccepted');
    expect(accepted?.data).toMatchObject({ worker: { team: FIELD.id, person: 'max' }, late: false });
    scenario
      .when(does(MAX, 'accept', { worker: { team: FIELD.id, person: 'sue' } }))
      .thenRefused(refusedField('/worker', 'whoever accepts becomes the worker'));
    scenario.when(does(IMPORTER, 'accept')).thenRefused(refusedField('/worker', 'must be one of a sales team'));
  });

  it('stands when late, as long as the offer has not expired', () => {
    const now = at(9 * DAY);
    const [accepted] = scenario.when(does(SAM, 'accept', {}, { now })).thenEvents('HandoffAccepted');
    expect(accepted?.data).toMatchObject({ late: true });
    given(...WAY_TO.offered, does(RULE, 'expire', {}, { now }))
      .when(does(SAM, 'accept', {}, { now }))
      .thenRefused({ code: 'forbidden' });
    given(...WAY_TO.offered, does(RULE, 'expire', {}, { now }))
      .when(does(IMPORTER, 'accept', {}, { now }))
      .thenRefused({ code: 'illegal-transition', state: 'qualified' });
  });

  it('is refused with an agreed reason, and a later date where it names one', () => {
    scenario.when(does(SAM, 'reject', { reason: 'because' })).thenRefused(BAD_REASON('reject'));
    scenario.when(does(SAM, 'reject', { resumeAt: at(3) })).thenRefused(refusedField('/resumeAt'));
    scenario.when(does(SAM, 'reject', { resumeAt: 'soon' })).thenRefused(refusedField('/resumeAt'));
  });

  it('expires once its time has passed: on to the next, or back when offered as often as agreed', () => {
    const late = { now: at(9 * DAY) };
    const rule = 'the time to accept has not passed';
    scenario.when(does(RULE, 'expire')).thenRefused(refusedConflict(rule));
    const [first] = scenario.when(does(RULE, 'expire', {}, late)).thenEvents('HandoffExpired');
    expect(first?.data).toMatchObject({ next: 'qualified', offers: 1, offerId: OFFER });
    const round = [does(RULE, 'expire', {}, late), does(BEN, 'hand-off')];
    const [third] = given(...WAY_TO.offered, ...round, ...round)
      .when(does(RULE, 'expire', {}, late))
      .thenEvents('HandoffExpired');
    expect(third?.data).toMatchObject({ next: 'nurturing', offers: 3, cycle: 1 });
  });

  it('of imported history has no time to expire', () => {
    const [handed] = given(...WAY_TO.qualified)
      .when(does(IMPORTER, 'hand-off'))
      .thenEvents('LeadHandedOff');
    expect(handed?.data).toMatchObject({ acceptBy: null });
    given(...WAY_TO.qualified, does(IMPORTER, 'hand-off'))
      .when(does(RULE, 'expire', {}, { now: at(9 * DAY) }))
      .thenRefused({ code: 'conflict' });
  });
});

describe('touches', () => {
  it('advance the lead when they are two-way, human and by the worker', () => {
    const scenario = given(...WAY_TO['working.attempting']);
    const advances = (deed: ReturnType<typeof does>) =>
      (scenario.when(deed).thenEvents('LeadContacted')[0]?.data as { advances: boolean }).advances;
    expect(advances(does(SAM, 'contact'))).toBe(true);
    expect(advances(does(SAM, 'contact', { twoWay: false }))).toBe(false);
    expect(advances(does(SAM, 'contact', { human: false }))).toBe(false);
    expect(advances(does(MAX, 'contact'))).toBe(false);
    expect(advances(does(BEN, 'contact'))).toBe(false);
    expect(advances(does(MAX, 'contact', { by: { team: FIELD.id, person: 'sam' } }))).toBe(true);
    expect(advances(does(INTAKE, 'contact', { by: { team: FIELD.id, person: 'sam' } }))).toBe(true);
    expect(advances(does(INTAKE, 'contact', { by: { team: FIELD.id } }))).toBe(false);
  });

  it('say which asset they used, in which stage of buying, and what was pitched', () => {
    const said = { asset: 'white-paper', buyingStage: 'awareness', pitched: 'save-floor-space' };
    const [touch] = given(...WAY_TO['working.attempting'])
      .when(does(SAM, 'contact', said))
      .thenEvents('LeadContacted');
    expect(touch?.data).toMatchObject(said);
  });

  it('are recorded for others by managers and services, who say for whom', () => {
    const scenario = given(...WAY_TO['working.attempting']);
    const by = { team: FIELD.id, person: 'sue' };
    scenario.when(does(SAM, 'contact', { by })).thenRefused(refusedField('/by'));
    scenario.when(does(INTAKE, 'contact')).thenRefused(refusedField('/by', 'a service says who did it'));
    const steward = { steward: { team: 'mkt-north', person: 'mona' } };
    given(does(MONA, 'create', steward))
      .when(does(MONA, 'contact', { by }))
      .thenEvents('LeadContacted');
  });

  it('are never refused for lost consent, but say so', () => {
    const [touch] = given(...WAY_TO.won)
      .when(does(BEN, 'contact', {}, NO_CONSENT))
      .thenEvents('LeadContacted');
    expect(touch?.data).toMatchObject({ findings: ['without-consent'], advances: false, cycle: 1 });
  });
});

describe('working a lead', () => {
  it('advances within its phase', () => {
    given(...WAY_TO['working.contacted'])
      .when(does(SAM, 'advance', { stage: 'closing' }))
      .thenRefused({ code: 'illegal-transition', rule: 'a stage is reached within its own phase' });
  });

  it('is sales-qualified with need and potential confirmed', () => {
    const scenario = given(...WAY_TO['working.contacted']);
    scenario.when(does(SAM, 'sales-qualify', { needConfirmed: false })).thenRefused(refusedField('/needConfirmed'));
    scenario
      .when(does(SAM, 'sales-qualify', { potentialConfirmed: false }))
      .thenRefused(refusedField('/potentialConfirmed'));
  });

  it('is lost, recycled and reassigned for agreed reasons', () => {
    const scenario = given(...WAY_TO['working.contacted']);
    scenario.when(does(SAM, 'lose', { reason: 'price.nonsense' })).thenRefused(BAD_REASON('lost'));
    scenario.when(does(SAM, 'recycle', { reason: 'because' })).thenRefused(BAD_REASON('recycle'));
    scenario.when(does(SAM, 'recycle', { resumeAt: at(2) })).thenRefused(refusedField('/resumeAt'));
    scenario.when(does(MAX, 'reassign', { reason: 'because' })).thenRefused(BAD_REASON('reassign'));
    scenario
      .when(does(MAX, 'reassign', { worker: { team: FIELD.id, person: 'ben' } }))
      .thenRefused(refusedField('/worker', 'must be one of a sales team'));
    scenario.when(does(MAX, 'reassign', { worker: { team: FIELD.id, person: 'sam' } })).thenEvents();
    const [lost] = scenario.when(does(SAM, 'lose')).thenEvents('LeadLost');
    expect(lost?.data).toMatchObject({ reason: { code: 'price.too-high', faultDomain: 'price' } });
  });

  it('is recycled by the clock only where nobody decided about the loss in time', () => {
    const scenario = given(...WAY_TO.lost);
    const recycle = (reason: string, now: string) =>
      does(RULE, 'recycle', { reason, resumeAt: at(900 * DAY) }, { now });
    scenario.when(recycle('not-now', at(20 * DAY))).thenRefused(refusedField('/reason'));
    scenario
      .when(recycle('undecided-loss', at(14 * DAY)))
      .thenRefused(refusedConflict('the time to decide about the loss has not passed'));
    scenario.when(recycle('undecided-loss', at(14 * DAY + 5))).thenEvents('LeadRecycled');
    // another worker does not begin the time anew
    given(...WAY_TO.lost, does(MAX, 'reassign', {}, { now: at(10 * DAY) }))
      .when(recycle('undecided-loss', at(14 * DAY + 5)))
      .thenEvents('LeadRecycled');
  });

  it('is rated once a cycle, on the agreed scale, and only where sales worked it', () => {
    const scenario = given(...WAY_TO['working.contacted']);
    scenario
      .when(does(SAM, 'rate', { rating: 6 }))
      .thenRefused(refusedField('/rating', 'must be a whole number from 1 to 5'));
    scenario.when(does(SAM, 'rate', { rating: 2.5 })).thenRefused(refusedField('/rating'));
    given(...WAY_TO['working.contacted'], does(SAM, 'rate'))
      .when(does(SAM, 'rate'))
      .thenRefused(refusedConflict('that cycle is rated already'));
    given(...WAY_TO.qualified)
      .when(does(IMPORTER, 'rate', { cycle: 1 }))
      .thenRefused(refusedConflict('sales worked no such cycle'));
  });

  it('takes the rating with the exit, before it', () => {
    const rating = { rating: 5, note: 'good talk' };
    const events = given(...WAY_TO['opportunity.closing'])
      .when(does(SAM, 'win', rating))
      .thenEvents('LeadQualityRated', 'LeadWon');
    expect(events.map(({ personal }) => personal)).toEqual([undefined, { note: 'good talk' }]);
    given(...WAY_TO.lost)
      .when(does(SAM, 'recycle', { rating: 0 }))
      .thenRefused(refusedField('/rating'));
  });
});

describe('disqualifying', () => {
  const proposed = [...WAY_TO['working.contacted'], does(SAM, 'propose-disqualification')];

  it('is the steward’s, with a reason of the objective list', () => {
    const scenario = given(...WAY_TO['working.contacted']);
    scenario.when(does(BEN, 'disqualify', { reason: 'because' })).thenRefused(BAD_REASON('disqualify'));
    scenario
      .when({ ...does(BEN, 'disqualify'), body: { reason: undefined } })
      .thenRefused(refusedField('/reason', 'is required where nothing was proposed'));
    scenario.when(does(SAM, 'disqualify')).thenRefused({ code: 'forbidden' });
  });

  it('countersigns what was proposed, or says something else', () => {
    const scenario = given(...proposed);
    const countersign = { ...does(BEN, 'disqualify'), body: { reason: undefined } };
    const [signed] = scenario.when(countersign).thenEvents('LeadDisqualified');
    expect(signed?.data).toMatchObject({ reason: { code: 'spam' }, proposedBy: 'sam' });
    const [own] = scenario.when(does(BEN, 'disqualify')).thenEvents('LeadDisqualified');
    expect(own?.data).not.toHaveProperty('proposedBy');
    scenario.when(does(SAM, 'propose-disqualification')).thenRefused({ code: 'conflict' });
  });

  it('is declined with a reason, and what was proposed ends with the cycle', () => {
    const scenario = given(...proposed);
    scenario.when(does(BEN, 'decline-disqualification', { reason: 'because' })).thenRefused(refusedField('/reason'));
    scenario.when(does(BEN, 'decline-disqualification')).thenEvents('DisqualificationDeclined');
    given(...proposed, does(SAM, 'recycle'))
      .when(does(BEN, 'decline-disqualification'))
      .thenRefused(refusedConflict('no disqualification is proposed'));
    given(...WAY_TO.lost)
      .when(does(SAM, 'propose-disqualification', { reason: 'because' }))
      .thenRefused(BAD_REASON('disqualify'));
  });

  it('as erased is the rule’s alone, and only of an erased contact', () => {
    const scenario = given(...WAY_TO.lost);
    const reason = 'erased';
    const rule = 'the rule, and nobody else, disqualifies as erased';
    scenario.when(does(BEN, 'disqualify', { reason })).thenRefused(refusedField('/reason', rule));
    scenario.when(does(IMPORTER, 'disqualify', { reason })).thenRefused(refusedField('/reason', rule));
    scenario.when(does(SAM, 'propose-disqualification', { reason })).thenRefused(refusedField('/reason'));
    scenario.when(does(RULE, 'disqualify', { reason: 'spam' })).thenRefused(refusedField('/reason', rule));
    scenario.when(does(RULE, 'disqualify', { reason })).thenRefused(refusedConflict('the contact is not erased'));
    scenario.when(does(RULE, 'disqualify', { reason }, ERASED)).thenEvents('LeadDisqualified');
    given(...WAY_TO.lost, does(RULE, 'disqualify', { reason }, ERASED))
      .when(does(BEN, 'reopen'))
      .thenRefused(refusedConflict('the contact was erased'));
  });
});

describe('taking a lead up again', () => {
  it.each([
    ['reopen', 'disqualified', BEN],
    ['unmerge', 'merged', MONA],
  ] as const)('%s: with an agreed reason, consent and a contact', (kind, leaf, actor) => {
    const scenario = given(...WAY_TO[leaf]);
    scenario.when(does(actor, kind, { reason: 'because' })).thenRefused(BAD_REASON(kind));
    scenario.when(does(actor, kind, {}, NO_CONSENT)).thenRefused(refusedConflict('the contact withdrew consent'));
    scenario.when(does(actor, kind, {}, ERASED)).thenRefused(refusedConflict('the contact was erased'));
  });

  it('is the rule’s only for what was merged in a circle', () => {
    const scenario = given(...WAY_TO.merged);
    scenario.when(does(RULE, 'unmerge')).thenRefused(refusedField('/reason'));
    scenario.when(does(RULE, 'unmerge', { reason: 'merged-in-a-circle' })).thenEvents('LeadUnmerged');
  });
});

describe('merging', () => {
  const scenario = given(...WAY_TO.nurturing);
  it('is into another, unmerged lead of the same contact', () => {
    scenario.when(does(MONA, 'merge', { into: uuid(1) })).thenRefused(refusedField('/into', 'must be another lead'));
    const survivor = { merged: false, sameContact: true };
    scenario
      .when(does(MONA, 'merge', {}, { survivor: { ...survivor, merged: true } }))
      .thenRefused(refusedConflict('the other lead is merged itself'));
    scenario
      .when(does(MONA, 'merge', {}, { survivor: { ...survivor, sameContact: false } }))
      .thenRefused(refusedConflict('the contacts are to be merged first'));
    scenario
      .when({ ...does(MONA, 'merge'), facts: { survivor: undefined } as object })
      .thenRefused(refusedField('/into', 'must be a lead'));
  });

  it('is told to the survivor once', () => {
    scenario.when(does(RULE, 'absorb-duplicate', { duplicate: uuid(1) })).thenRefused(refusedField('/duplicate'));
    const [absorbed] = scenario.when(does(RULE, 'absorb-duplicate')).thenEvents('DuplicateAbsorbed');
    expect(absorbed?.data).toMatchObject({ lead: uuid(5) });
    given(...WAY_TO.nurturing, does(RULE, 'absorb-duplicate'))
      .when(does(RULE, 'absorb-duplicate'))
      .thenEvents();
  });
});

describe('nurturing', () => {
  it('resumes later, and is not silent for longer than agreed', () => {
    const scenario = given(...WAY_TO.captured);
    scenario.when(does(BEN, 'start-nurture', { resumeAt: at(0) })).thenRefused(refusedField('/resumeAt'));
    scenario
      .when(does(BEN, 'start-nurture', { maximumSilenceDays: 46 }))
      .thenRefused(refusedField('/maximumSilenceDays', 'the agreement allows at most 45'));
  });

  it('passes to another steward of marketing for an agreed reason', () => {
    const scenario = given(...WAY_TO.won);
    scenario.when(does(BEN, 'transfer-stewardship', { reason: 'because' })).thenRefused(BAD_REASON('transfer'));
    scenario
      .when(does(BEN, 'transfer-stewardship', { steward: { team: FIELD.id } }))
      .thenRefused(refusedField('/steward'));
    const same = { steward: { team: 'mkt-north', person: 'ben' } };
    scenario.when(does(BEN, 'transfer-stewardship', same)).thenEvents();
  });

  it('corrects at least one detail', () => {
    given(...WAY_TO.captured)
      .when({ ...does(BEN, 'correct-details'), body: { profile: undefined, details: {} } })
      .thenRefused(refusedField('/details', 'at least one detail must be given'));
  });
});
