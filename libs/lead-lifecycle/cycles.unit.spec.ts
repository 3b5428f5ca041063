import {
  BEN,
  DAY,
  IMPORTER,
  INTAKE,
  IN_FORCE,
  MONA,
  PASSES,
  RULE,
  SAM,
  WAY_TO,
  at,
  does,
  given,
  type Deed,
} from './lead.spec-kit.js';

const POLICY = { policy: IN_FORCE };
/** type and cycle of each event, and its rule where it was the automatic flow's */
const told = (...deeds: readonly Deed[]) =>
  given(...deeds).story.events.map(({ type, data, meta }) =>
    [type, data.cycle, ...(meta.actor.role === 'rule' ? [meta.actor.id] : [])].join(' '),
  );
const lastOf = (...deeds: readonly Deed[]) => told(...deeds).at(-1);

describe('cycles', () => {
  it('close with the event that carries them, and the next event is of the next', () => {
    expect(lastOf(...WAY_TO.lost, does(SAM, 'recycle'))).toBe('LeadRecycled 1');
    expect(lastOf(...WAY_TO.lost, does(SAM, 'recycle'), does(BEN, 'qualify'))).toBe('LeadQualified 2');
    expect(lastOf(...WAY_TO.offered, does(SAM, 'reject'), does(BEN, 'start-nurture'))).toBe('NurtureStarted 2');
    expect(lastOf(...WAY_TO.held, does(BEN, 'withdraw-qualification'), does(BEN, 'qualify'))).toBe('LeadQualified 2');
  });

  it('stay where the lead was never beyond nurturing', () => {
    expect(lastOf(...WAY_TO.nurturing, does(BEN, 'qualify'))).toBe('LeadQualified 1');
    expect(lastOf(...WAY_TO.offered, does(BEN, 'withdraw-handoff'), does(BEN, 'hand-off'))).toBe('LeadHandedOff 1');
  });

  it('won and disqualified stay theirs; reopening begins the next', () => {
    expect(lastOf(...WAY_TO.won, does(BEN, 'contact'))).toBe('LeadContacted 1');
    expect(lastOf(...WAY_TO.disqualified, does(BEN, 'correct-details'))).toBe('LeadDetailsCorrected 1');
    expect(lastOf(...WAY_TO.disqualified, does(BEN, 'reopen'))).toBe('LeadReopened 2');
    expect(lastOf(...WAY_TO.disqualified, does(BEN, 'reopen'), does(BEN, 'qualify'))).toBe('LeadQualified 2');
  });

  it('merging carries the cycle it finds, unmerging that or the next where it was closed', () => {
    const unmerge = does(MONA, 'unmerge');
    expect(told(...WAY_TO.merged, unmerge).slice(1)).toEqual(['LeadMerged 1', 'LeadUnmerged 1']);
    const closed = [...WAY_TO.disqualified, does(MONA, 'merge'), unmerge];
    expect(told(...closed).slice(2)).toEqual(['LeadMerged 1', 'LeadUnmerged 2']);
    const second = [...WAY_TO.lost, does(SAM, 'recycle'), does(MONA, 'merge'), unmerge];
    expect(told(...second).slice(-2)).toEqual(['LeadMerged 2', 'LeadUnmerged 2']);
  });

  it('take a late rating, and nothing else', () => {
    const again = [...WAY_TO.lost, does(SAM, 'recycle'), does(BEN, 'qualify'), does(SAM, 'rate')];
    expect(lastOf(...again)).toBe('LeadQualityRated 1');
    expect(given(...again).story.state.cycles).toEqual([
      {
        number: 1,
        outcome: 'LeadRecycled',
        lastWorker: { team: 'sal-field', person: 'sam' },
        rated: true,
        offers: 1,
        twoWay: false,
      },
      { number: 2, rated: false, offers: 0, twoWay: false },
    ]);
    const touched = given(...WAY_TO.disqualified, does(BEN, 'contact')).story.state;
    expect(touched.cycles).toEqual([
      { number: 1, outcome: 'LeadDisqualified', rated: false, offers: 0, twoWay: false },
    ]);
  });

  it('count offers and two-way contact anew', () => {
    const { state } = given(...WAY_TO['working.contacted'], does(SAM, 'recycle'), does(BEN, 'qualify')).story;
    expect(state.cycles.map(({ offers, twoWay }) => [offers, twoWay])).toEqual([
      [1, true],
      [0, false],
    ]);
  });
});

describe('the automatic flow', () => {
  const passing = does(INTAKE, 'create', PASSES, POLICY);

  it('scores and qualifies in the commit that created the lead', () => {
    expect(told(passing)).toEqual(['LeadCreated 1', 'LeadScored 1 score', 'LeadQualified 1 qualify']);
    const [, scored, qualified] = given(passing).story.events;
    const { contentHash } = IN_FORCE;
    const points = [
      { criterion: 'industry', attribute: 'industry', input: 'manufacturing', points: 40 },
      { criterion: 'interest', attribute: 'behaviour', input: 'demo-request', points: 20 },
    ];
    const policy = { segment: 'default', version: 1, contentHash };
    const basis = { kind: 'policy', policy, points, total: 60, threshold: 60 };
    expect(scored?.data).toEqual({ cycle: 1, basis, points, total: 60, passed: true, cause: 'created' });
    expect(qualified?.data).toEqual({ cycle: 1, basis });
  });

  it('only scores what does not pass, and does nothing without a policy', () => {
    expect(told(does(INTAKE, 'create', {}, POLICY))).toEqual(['LeadCreated 1', 'LeadScored 1 score']);
    expect(told(does(INTAKE, 'create', PASSES))).toEqual(['LeadCreated 1']);
  });

  it('follows new interest and corrected details', () => {
    const begun = does(INTAKE, 'create', { profile: PASSES.profile }, POLICY);
    const asked = does(INTAKE, 'record-interest', { behaviours: ['demo-request'] }, POLICY);
    expect(told(begun, asked).slice(2)).toEqual([
      'InterestRecorded 1',
      'LeadScored 1 score',
      'LeadQualified 1 qualify',
    ]);
    const unfit = does(INTAKE, 'create', { behaviours: PASSES.behaviours }, POLICY);
    const corrected = does(BEN, 'correct-details', { profile: PASSES.profile }, POLICY);
    expect(told(unfit, corrected).slice(2)).toEqual([
      'LeadDetailsCorrected 1',
      'LeadScored 1 score',
      'LeadQualified 1 qualify',
    ]);
  });

  it('acts now, also on what happened earlier', () => {
    const late = does(INTAKE, 'create', { ...PASSES, occurredAt: at(-DAY), timeKnown: false }, POLICY);
    const metas = given(late).story.events.map(({ meta }) => [
      meta.occurredAt,
      meta.timeKnown,
      meta.change?.effectiveAt,
    ]);
    expect(metas).toEqual([
      [at(-DAY), false, at(-DAY)],
      [at(1), undefined, undefined],
      [at(1), undefined, at(1)],
    ]);
  });

  it('leaves imported history, lost leads and who withdrew consent alone', () => {
    expect(told(does(IMPORTER, 'create', PASSES, POLICY))).toEqual(['LeadCreated 1']);
    expect(given(does(IMPORTER, 'create')).story.events[0]?.meta.imported).toBe(true);
    expect(lastOf(...WAY_TO.lost, does(INTAKE, 'record-interest', PASSES, POLICY))).toBe('InterestRecorded 1');
    const withdrawn = does(INTAKE, 'create', PASSES, { ...POLICY, consentWithdrawn: true });
    expect(told(withdrawn)).toEqual(['LeadCreated 1', 'LeadScored 1 score']);
  });

  describe('of a lead that came back', () => {
    const resumeAt = at(90 * DAY);
    const returned = [passing, does(BEN, 'hand-off'), does(SAM, 'reject', { resumeAt })];
    const score = (now: string, version = 2) => ({
      ...does(RULE, 'score', {}, { now, policy: { ...IN_FORCE, version } }),
      body: { override: undefined },
    });

    it('waits for the resume date', () => {
      expect(told(...returned, score(at(89 * DAY))).slice(5)).toEqual(['LeadScored 2 score']);
      expect(told(...returned, score(resumeAt)).slice(5)).toEqual(['LeadScored 2 score', 'LeadQualified 2 qualify']);
    });

    it('or for something new that the policy looks at', () => {
      const phoned = does(BEN, 'correct-details', { profile: undefined, details: { phone: '1' } } as object, POLICY);
      expect(told(...returned, phoned).slice(5)).toEqual(['LeadDetailsCorrected 2', 'LeadScored 2 score']);
      const asked = does(INTAKE, 'record-interest', {}, POLICY);
      expect(lastOf(...returned, asked)).toBe('LeadQualified 2 qualify');
    });

    it('and without a date for something new alone', () => {
      const undated = [passing, does(BEN, 'hand-off'), does(SAM, 'reject')];
      expect(lastOf(...undated, score(at(900 * DAY)))).toBe('LeadScored 2 score');
      const reopened = [passing, does(INTAKE, 'record-interest'), does(BEN, 'disqualify'), does(BEN, 'reopen')];
      expect(lastOf(...reopened, score(at(900 * DAY)))).toBe('LeadScored 2 score');
    });

    it('and is not scored again by the same policy', () => {
      given(passing)
        .when(score(at(5), 1))
        .thenEvents();
    });
  });

  describe('of a qualified lead', () => {
    const route = (facts: object = {}) => does(RULE, 'route', {}, { ...POLICY, ...facts });

    it('hands off to whom nobody offered a lead for the longest time', () => {
      const last: Record<string, string> = { sam: at(5), sue: at(3) };
      const load = {
        backlog: (team: string) => (team === 'sal-desk' ? 9 : 2),
        lastOfferedAt: (_team: string, p: string) => last[p],
      };
      const [handed] = given(passing).when(route({ load })).thenEvents('LeadHandedOff');
      expect(handed?.data).toMatchObject({
        offeree: { team: 'sal-field', person: 'sue' },
        route: { kind: 'rule', name: 'any-sales-team' },
        packet: { whyNow: 'policy-passed', qualification: { kind: 'policy', total: 60 } },
      });
      expect(handed?.rule).toBe('hand-off');
    });

    it('stops where it was offered as often as agreed, consent is lost, or there is nobody', () => {
      given(passing)
        .when(route({ consentWithdrawn: true }))
        .thenRefused({ code: 'conflict', rule: 'the contact withdrew consent' });
      given(passing)
        .when(route({ teams: { get: () => undefined, ofKind: () => [] } }))
        .thenRefused({ code: 'conflict', rule: 'no sales team to hand the lead to' });
      const late = { now: at(9 * DAY) };
      const round = [route(), does(RULE, 'expire', {}, late)];
      const back = [does(BEN, 'withdraw-handoff'), does(BEN, 'hold'), does(BEN, 'release')];
      const thrice = [passing, ...round, ...round, route(), ...back];
      given(...thrice)
        .when(route())
        .thenRefused({ code: 'conflict', rule: 'offered as often as agreed' });
    });
  });
});
