/** How somebody stands to one particular lead: written out from domain.md, "Who may do what", not taken from the code. */
export type Standing =
  | 'steward'
  | 'steward-of-lost'
  | 'stewarding-team'
  | 'marketing-manager'
  | 'offeree'
  | 'worker'
  | 'sales-manager'
  /** the sales manager of whoever worked this cycle */
  | 'manager-of-worker'
  | 'last-worker'
  | 'service'
  | 'privacy'
  /** may read the lead, and no more */
  | 'reader';

const STEWARD: readonly Standing[] = ['steward', 'marketing-manager'];
const INTAKE: readonly Standing[] = ['stewarding-team', 'service'];
const SALES: readonly Standing[] = ['worker', 'sales-manager'];
const TOUCH: readonly Standing[] = ['steward', 'offeree', 'worker', 'marketing-manager', 'sales-manager', 'service'];

/** Each command on a lead: a body that HTTP accepts, and who may send it. Import may, but where it has no part. */
export const LEAD_COMMAND_ACCESS: Readonly<Record<string, { body: object; who: readonly Standing[]; import?: false }>> =
  {
    'record-interest': { body: { source: 'email', topic: 'robots' }, who: INTAKE },
    score: { body: { override: { reason: 'asked-for-sales', points: [] } }, who: STEWARD },
    'start-nurture': {
      body: { track: 'basics', channel: 'email', cadenceDays: 14, resumeAt: '2190-01-01T00:00:00Z' },
      who: STEWARD,
    },
    qualify: { body: { reason: 'asked-for-sales' }, who: STEWARD },
    'withdraw-qualification': { body: { reason: 'details-corrected' }, who: STEWARD },
    'transfer-stewardship': { body: { reason: 'workload', steward: { team: 'north-marketing' } }, who: STEWARD },
    'recommend-message': { body: { message: 'save-floor-space' }, who: STEWARD },
    'correct-details': { body: { profile: { industry: 'retail' } }, who: [...INTAKE, 'worker'] },
    disqualify: { body: { reason: 'spam' }, who: STEWARD },
    'decline-disqualification': { body: { reason: 'spam' }, who: STEWARD },
    reopen: { body: { reason: 'new-evidence' }, who: STEWARD },
    merge: { body: { into: '00000000-0000-8000-8000-000000000000' }, who: ['marketing-manager', 'privacy'] },
    unmerge: { body: { reason: 'merged-in-error' }, who: ['marketing-manager', 'privacy'] },
    hold: { body: { reason: 'asked-for-sales', team: 'north-sales' }, who: STEWARD },
    release: { body: { reason: 'asked-for-sales' }, who: STEWARD },
    route: { body: {}, who: [], import: false },
    'hand-off': { body: { reason: 'asked-for-sales', offeree: { team: 'north-sales' } }, who: STEWARD },
    'withdraw-handoff': { body: { reason: 'handed-off-in-error' }, who: STEWARD },
    accept: { body: {}, who: ['offeree', 'sales-manager'] },
    reject: { body: { reason: 'not-now' }, who: ['offeree', 'sales-manager'] },
    expire: { body: { offerId: '00000000-0000-8000-8000-000000000000' }, who: [] },
    contact: {
      body: { channel: 'phone', direction: 'outbound', twoWay: false, human: true },
      who: TOUCH,
    },
    advance: { body: { stage: 'analysing' }, who: SALES },
    'sales-qualify': { body: { needConfirmed: true, potentialConfirmed: true }, who: SALES },
    recycle: {
      body: { reason: 'not-now', resumeAt: '2190-01-01T00:00:00Z' },
      who: [...SALES, 'steward-of-lost'],
    },
    lose: { body: { reason: 'other' }, who: SALES },
    win: { body: { value: null }, who: SALES },
    rate: { body: { rating: 3 }, who: ['worker', 'manager-of-worker', 'last-worker'] },
    'propose-disqualification': { body: { reason: 'spam' }, who: [...SALES, 'offeree'] },
    reassign: { body: { reason: 'workload', worker: { team: 'north-sales', person: 'sara' } }, who: ['sales-manager'] },
    'record-insight': { body: { insight: 'wish', tags: ['erp'] }, who: TOUCH },
  };

/** The coarse role that a standing takes: without it nobody ever has that standing, on whatever lead. */
export const ROLE_FOR: Readonly<Record<Standing, string | undefined>> = {
  steward: 'marketing',
  'steward-of-lost': 'marketing',
  'stewarding-team': 'marketing',
  'marketing-manager': 'marketing',
  offeree: 'sales',
  worker: 'sales',
  'sales-manager': 'sales',
  'manager-of-worker': 'sales',
  'last-worker': 'sales',
  service: 'service',
  privacy: 'privacy',
  reader: undefined,
};

/** Everybody whose standing is the same towards every lead. All others, where they are not named, see no lead. */
const TOWARDS_ALL: Readonly<Record<string, readonly Standing[]>> = {
  form: ['service', 'reader'],
  pia: ['privacy', 'reader'],
  ana: ['reader'],
  audrey: ['reader'],
  ida: ['reader'],
};

const NORTH_MARKETING: Readonly<Record<string, readonly Standing[]>> = {
  maria: ['steward', 'stewarding-team', 'reader'],
  max: ['stewarding-team', 'reader'],
  mona: ['stewarding-team', 'marketing-manager', 'reader'],
};

/** Who stands how to the lead of each situation; all are stewarded by Maria of north-marketing. */
export const SITUATIONS: Readonly<Record<string, Readonly<Record<string, readonly Standing[]>>>> = {
  'offered to Sven': {
    ...TOWARDS_ALL,
    ...NORTH_MARKETING,
    sven: ['offeree', 'reader'],
    sara: ['reader'],
    sam: ['sales-manager', 'reader'],
  },
  'offered to the queue of his team': {
    ...TOWARDS_ALL,
    ...NORTH_MARKETING,
    sven: ['offeree', 'reader'],
    sara: ['offeree', 'reader'],
    sam: ['offeree', 'sales-manager', 'reader'],
  },
  'worked by Sven': {
    ...TOWARDS_ALL,
    ...NORTH_MARKETING,
    sven: ['worker', 'reader'],
    sara: ['reader'],
    sam: ['sales-manager', 'manager-of-worker', 'reader'],
  },
  'lost by Sven': {
    ...TOWARDS_ALL,
    ...NORTH_MARKETING,
    maria: ['steward', 'steward-of-lost', 'stewarding-team', 'reader'],
    sven: ['worker', 'reader'],
    sara: ['reader'],
    sam: ['sales-manager', 'manager-of-worker', 'reader'],
  },
  'recycled by Sven': {
    ...TOWARDS_ALL,
    ...NORTH_MARKETING,
    sven: ['last-worker', 'reader'],
    sara: ['reader'],
    sam: ['reader'],
  },
  'rejected by Sven': { ...TOWARDS_ALL, ...NORTH_MARKETING },
};
