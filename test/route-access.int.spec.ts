import { randomUUID } from 'node:crypto';
import type { LeadView } from '../libs/lead-commands/http/lead-view.js';
import type { RowVerdict } from '../libs/lead-commands/http/batch-creation.js';
import type { Problem } from '../libs/http-kit/problem.js';
import { LEAD_COMMAND_ACCESS, ROLE_FOR, SITUATIONS, type Standing } from './access.spec-kit.js';
import { tilePath } from '../libs/transparency-log/tile-path.js';
import { startBaton, type TestBaton } from './baton.spec-kit.js';
import type { Client } from './client.spec-kit.js';
import { LeadLife, showLead } from './lead-life.spec-kit.js';
import { routesInSources } from './routes.spec-kit.js';
import { until } from './until.spec-kit.js';
import { formTeams, goodLead, newLead, POLICY, ROLES_OF, signPolicy, TEAMS } from './people.spec-kit.js';

/** No stream is that long: whoever is let through is stopped here, so that nothing changes under the next caller. */
const STALE = { ifMatch: 999_999 };
const LET_THROUGH = 412;

const EVERYBODY = Object.keys(ROLES_OF);
const withRole = (...roles: string[]) => EVERYBODY.filter((one) => ROLES_OF[one]!.some((role) => roles.includes(role)));
const LEAD_READERS = withRole('marketing', 'sales', 'service', 'import', 'analyst', 'auditor', 'privacy');
const OPERATORS = withRole('admin');
const VKEY = `x+00000000+${'A'.repeat(44)}`;
const BAD_EVENT = {
  event: '00000000-0000-8000-8000-000000000000',
  stream: 'lead-0',
  revision: 0,
  bodyHash: '0'.repeat(64),
};
const TEAM_MEMBERS = Object.values(TEAMS).flatMap(({ members }) => members);
const MANAGERS = Object.values(TEAMS).map(({ manager }) => manager);

let baton: TestBaton;
let leads: Record<string, LeadView>;

beforeAll(async () => {
  baton = await startBaton();
  await formTeams(baton.as);
  await signPolicy(baton.as);
  const life = new LeadLife(baton);
  const { as } = baton;
  const sven = { team: 'north-sales', person: 'sven' };
  const [rejected, lost, recycled] = [
    await life.offeredTo(sven),
    await life.workedBy('sven'),
    await life.workedBy('sven'),
  ];
  await as('sven').done(`/leads/${rejected.lead}/reject`, { reason: 'not-now' });
  await as('sven').done(`/leads/${lost.lead}/lose`, { reason: 'other' });
  await as('sven').done(`/leads/${recycled.lead}/recycle`, { reason: 'not-now', resumeAt: '2190-01-01T00:00:00Z' });
  leads = {
    'offered to Sven': await life.offeredTo(sven, {
      campaign: 'spring',
      externalRef: { system: 'crm', id: 'x-1' },
    }),
    'offered to the queue of his team': await life.offeredTo({ team: 'north-sales' }),
    'worked by Sven': await life.workedBy('sven'),
    'lost by Sven': await showLead(baton, lost.lead),
    'recycled by Sven': await showLead(baton, recycled.lead),
    'rejected by Sven': await showLead(baton, rejected.lead),
  };
});
afterAll(() => baton.stop());

const standing = (situation: string, person: string): readonly Standing[] => SITUATIONS[situation]![person] ?? [];
const canRead = (situation: string, person: string) => standing(situation, person).includes('reader');

/** What a command on a lead answers, in the order of architecture.md: 403 by role, 404 by sight, 403 by standing. */
function expectedOf(command: string, situation: string, person: string): number {
  const { who, import: forImport = true } = LEAD_COMMAND_ACCESS[command]!;
  const roles: readonly string[] = ROLES_OF[person]!;
  const mayEver = roles.includes('import') || who.some((one) => roles.includes(ROLE_FOR[one] ?? ''));
  if (!mayEver) return 403;
  if (!canRead(situation, person)) return 404;
  return (forImport && roles.includes('import')) || who.some((one) => standing(situation, person).includes(one))
    ? LET_THROUGH
    : 403;
}

type Expected = (person: string) => number;
/** What each route answers to each person; and to nobody 401, unless it is open to all. */
interface Access {
  readonly situation?: string;
  readonly ask: (client: Client) => Promise<{ readonly status: number }>;
  readonly expected: Expected;
  readonly open?: true;
  /** asked by one caller after the other: it does not take more than a few at a time */
  readonly inTurn?: true;
}

const forThose = (allowed: readonly string[], status: number, otherwise = 403): Expected => {
  return (person) => (allowed.includes(person) ? status : otherwise);
};
const get = (path: string, expected: Expected): Access => ({ ask: (client) => client.get(path), expected });
const post = (path: string, body: object, expected: Expected): Access => ({
  ask: (client) => client.post(path, body, STALE),
  expected,
});

/** A query of each lead in turn. */
const onLeads = (path: string, expected: (situation: string) => Expected): Access[] =>
  Object.keys(SITUATIONS).map((situation) => ({
    situation,
    ask: (client) => client.get(path.replace('{id}', leads[situation]!.lead)),
    expected: expected(situation),
  }));

const onExports = (of: string): Access[] =>
  ['events', 'leads', 'intervals'].map((dataset) => ({
    ...get(`/exports/${dataset}${of}`, forThose(withRole('analyst', 'auditor', 'privacy', 'service'), 200)),
    inTurn: true,
  }));

const onContacts = (path: string, body: object, allowed: (situation: string) => readonly string[]): Access[] =>
  Object.keys(SITUATIONS).map((situation) => ({
    situation,
    ask: (client) => client.post(path.replace('{id}', leads[situation]!.contact!), body, STALE),
    expected: (person) => {
      if (!canRead(situation, person)) return 404;
      return allowed(situation).includes(person) ? LET_THROUGH : 403;
    },
  }));

const having = (situation: string, ...wanted: Standing[]) =>
  EVERYBODY.filter((person) => standing(situation, person).some((one) => wanted.includes(one)));

/** Any of the given as a batch of one row, whose own verdict is what counts. */
async function batchOfOne(client: Client): Promise<{ status: number }> {
  const answer = await client.post<{ verdicts: RowVerdict[] }>('/leads/batch', { leads: [newLead()] });
  if (answer.status !== 200) return answer;
  const [{ problem }] = answer.body.verdicts as [RowVerdict];
  return { status: problem?.status ?? 201 };
}

/** A feed never ends by itself. */
async function openedFeed({ url, bearer }: Client): Promise<{ status: number }> {
  const token = await bearer();
  const leave = new AbortController();
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const { status } = await fetch(`${url}/lead-events`, { headers, signal: leave.signal });
  leave.abort();
  return { status };
}

const OF_NORTH_MARKETING = [...TEAMS['north-marketing']!.members, 'form', 'ida'];
const TEAM_CHANGERS = ['root', 'mona'];
const onTeam = (command: string, body: object, allowed = TEAM_CHANGERS) => [
  post(`/teams/north-marketing/${command}`, body, forThose(allowed, LET_THROUGH)),
];
const HASH = '0'.repeat(64);
const onVersions = (kind: string, content: object) => ({
  [`get /${kind}/{segment}`]: [get(`/${kind}/default`, forThose(EVERYBODY, 200))],
  [`post /${kind}/{segment}/propose`]: [
    post(`/${kind}/default/propose`, { content }, forThose(TEAM_MEMBERS, LET_THROUGH)),
  ],
  [`post /${kind}/{segment}/sign`]: [
    post(`/${kind}/default/sign`, { version: 2, contentHash: HASH }, forThose(MANAGERS, LET_THROUGH)),
  ],
  [`post /${kind}/{segment}/withdraw`]: [
    post(`/${kind}/default/withdraw`, { version: 2 }, forThose(['maria', 'mona'], LET_THROUGH)),
  ],
});

const REASON = { reason: 'asked-for' };
/** Of the person behind the lead that Sven works. */
const onSubject = (path: string, body: object | undefined, allowed: readonly string[], status: number): Access[] => [
  {
    ask: (client) => {
      const url = `/data-subjects/${leads['worked by Sven']!.contact!}${path}`;
      return body === undefined ? client.get(url) : client.post(url, body, STALE);
    },
    expected: forThose(allowed, status),
  },
];

/** One entry for every route that there is. */
function accessTable(agreement: object, sealedTile: string): Readonly<Record<string, readonly Access[]>> {
  const personal = withRole('marketing', 'sales', 'service', 'privacy');
  const open = (path: string): Access => ({ ...get(path, () => 200), open: true });
  const commands = Object.entries(LEAD_COMMAND_ACCESS).map(([command, { body }]) => [
    `post /leads/{id}/${command}`,
    Object.keys(SITUATIONS).map((situation): Access => ({
      situation,
      ask: (client) => client.post(`/leads/${leads[situation]!.lead}/${command}`, body, STALE),
      expected: (person) => expectedOf(command, situation, person),
    })),
  ]);
  return {
    ...(Object.fromEntries(commands) as Record<string, Access[]>),
    'get /healthz': [open('/healthz')],
    'get /readyz': [open('/readyz')],
    'get /metrics': [open('/metrics')],
    'get /openapi.json': [open('/openapi.json')],
    'get /docs': [open('/docs')],
    'get /docs/start.js': [open('/docs/start.js')],
    'get /docs/{asset}': [open('/docs/swagger-ui.css')],
    'get /audit/leads/{id}/ownership': onLeads('/audit/leads/{id}/ownership', (situation) => (person) => {
      if (!withRole('auditor', 'marketing', 'sales').includes(person)) return 403;
      return canRead(situation, person) ? 200 : 404;
    }),
    'get /audit/leads/{id}/proof': onLeads('/audit/leads/{id}/proof', (situation) => (person) => {
      if (!withRole('auditor', 'marketing', 'sales').includes(person)) return 403;
      return canRead(situation, person) ? 200 : 404;
    }),
    'get /audit/ownership': [get('/audit/ownership?team=north-sales', forThose(withRole('auditor'), 200))],
    'get /audit/changes': [get('/audit/changes?actor=maria', forThose(withRole('auditor'), 200))],
    'get /audit/checkpoint': [open('/audit/checkpoint')],
    'get /audit/checkpoints/{size}': [open('/audit/checkpoints/0')],
    'get /audit/event-keys': [open('/audit/event-keys')],
    'get /audit/tile/{path}': [open(`/audit/${sealedTile}`)],
    'get /audit/tile/entries/{path}': [get('/audit/tile/entries/999', forThose(withRole('auditor'), 404))],
    'get /leads': [get('/leads', forThose(LEAD_READERS, 200))],
    'post /leads': [post('/leads', newLead(), forThose(OF_NORTH_MARKETING, 201))],
    'post /leads/batch': [{ ask: batchOfOne, expected: forThose(OF_NORTH_MARKETING, 201) }],
    'get /leads/{id}': onLeads('/leads/{id}', (situation) => (person) => (canRead(situation, person) ? 200 : 404)),
    'get /leads/{id}/timeline': onLeads(
      '/leads/{id}/timeline',
      (situation) => (person) => (canRead(situation, person) ? 200 : 404),
    ),
    'get /leads/{id}/contact': onLeads('/leads/{id}/contact', (situation) => (person) => {
      if (!personal.includes(person)) return 403;
      return canRead(situation, person) ? 200 : 404;
    }),
    'get /leads/{id}/card': onLeads('/leads/{id}/card', (situation) => (person) => {
      if (!LEAD_READERS.includes(person)) return 403;
      return canRead(situation, person) ? 200 : 404;
    }),
    'get /leads/{id}/owners': onLeads('/leads/{id}/owners', (situation) => (person) => {
      if (!LEAD_READERS.includes(person)) return 403;
      return canRead(situation, person) ? 200 : 404;
    }),
    'get /boards/marketing': [get('/boards/marketing', forThose(LEAD_READERS, 200))],
    'get /boards/sales/{team}': [get('/boards/sales/north-sales', forThose(LEAD_READERS, 200))],
    'get /boards/workers/{person}': [get('/boards/workers/sven', forThose(LEAD_READERS, 200))],
    'get /offers': [get('/offers', forThose(LEAD_READERS, 200))],
    'get /standstill': [get('/standstill?olderThanDays=0', forThose(LEAD_READERS, 200))],
    'get /hygiene': [get('/hygiene', forThose(LEAD_READERS, 200))],
    'get /missing-ratings': [get('/missing-ratings', forThose(LEAD_READERS, 200))],
    'get /leavers': [get('/leavers', forThose(LEAD_READERS, 200))],
    'get /ownership': [get('/ownership?team=north-sales', forThose(LEAD_READERS, 200))],
    'get /ownership/changes': [get('/ownership/changes?actor=maria', forThose(LEAD_READERS, 200))],
    'get /funnel': [get('/funnel', forThose(LEAD_READERS, 200))],
    'get /numbers/{metric}': [get('/numbers/offer-acceptance', forThose(LEAD_READERS, 200))],
    'get /numbers/{metric}/evidence': [get('/numbers/offer-acceptance/evidence', forThose(LEAD_READERS, 200))],
    'get /metric-catalogue': [get('/metric-catalogue', forThose(EVERYBODY, 200))],
    'get /exports/{dataset}': onExports(''),
    'get /exports/{dataset}/schema': onExports('/schema'),
    'get /lead-events': [{ ask: openedFeed, expected: forThose(LEAD_READERS, 200) }],
    'get /projections': [get('/projections', forThose(OPERATORS, 200))],
    'get /projections/{projection}': [get('/projections/lead-card', forThose(OPERATORS, 200))],
    'get /projections/{projection}/comparison': [get('/projections/none/comparison', forThose(OPERATORS, 404))],
    'post /projections/{projection}/rebuild': [post('/projections/none/rebuild', {}, forThose(OPERATORS, 404))],
    'post /projections/{projection}/promote': [
      post('/projections/none/promote', { build: 'none.1.1' }, forThose(OPERATORS, 404)),
    ],
    'post /projections/{projection}/drop': [
      post('/projections/none/drop', { build: 'none.1.1' }, forThose(OPERATORS, 404)),
    ],
    'get /dead-letters': [get('/dead-letters', forThose(OPERATORS, 200))],
    'get /dead-letters/{projection}/{stream}': [get('/dead-letters/lead-card/lead-0', forThose(OPERATORS, 404))],
    'post /dead-letters/{projection}/{stream}/retry': [
      post('/dead-letters/lead-card/lead-0/retry', {}, forThose(OPERATORS, 404)),
    ],
    'post /dead-letters/{projection}/{stream}/release': [
      post('/dead-letters/lead-card/lead-0/release', { revision: 0 }, forThose(OPERATORS, 404)),
    ],
    'get /merge-queue': [get('/merge-queue', forThose(LEAD_READERS, 200))],
    'get /teams': [get('/teams', forThose(EVERYBODY, 200))],
    'get /teams/mine': [get('/teams/mine', forThose(EVERYBODY, 200))],
    'get /teams/{id}': [get('/teams/south-sales', forThose(EVERYBODY, 200))],
    'post /teams/{id}/form': onTeam('form', { kind: 'marketing', name: 'north-marketing' }, [...TEAM_CHANGERS, 'ida']),
    'post /teams/{id}/join': onTeam('join', { person: 'max' }, [...TEAM_CHANGERS, 'ida']),
    'post /teams/{id}/leave': onTeam('leave', { person: 'max' }),
    'post /teams/{id}/appoint-manager': onTeam('appoint-manager', { person: 'max' }),
    'post /teams/{id}/dismiss-manager': onTeam('dismiss-manager', { person: 'max' }),
    'post /teams/{id}/list-signatory': onTeam('list-signatory', { person: 'max' }),
    'post /teams/{id}/unlist-signatory': onTeam('unlist-signatory', { person: 'max' }),
    'post /teams/{id}/declare-capacity': onTeam('declare-capacity', { openLeads: 5 }),
    ...onVersions('policies', POLICY),
    ...onVersions('agreements', agreement),
    'post /audit/event-keys/announce': [
      post('/audit/event-keys/announce', { vkey: VKEY }, forThose(OPERATORS, LET_THROUGH)),
    ],
    'post /audit/event-keys/retire': [
      post('/audit/event-keys/retire', { key: '00000000', reason: 'rotated' }, forThose(OPERATORS, 404)),
    ],
    'post /audit/log-keys/announce': [
      post('/audit/log-keys/announce', { vkey: VKEY }, forThose(OPERATORS, LET_THROUGH)),
    ],
    'post /audit/quarantine/propose': [
      post('/audit/quarantine/propose', { ...BAD_EVENT, reason: 'restored-store' }, forThose(OPERATORS, LET_THROUGH)),
    ],
    'post /audit/quarantine/approve': [
      post('/audit/quarantine/approve', BAD_EVENT, forThose(withRole('auditor'), 404)),
    ],
    'post /contacts/{id}/consent': onContacts('/contacts/{id}/consent', { consent: 'withdrawn' }, (situation) => [
      ...having(situation, 'steward', 'worker', 'service'),
      'ida',
    ]),
    'post /contacts/{id}/merge': onContacts(
      '/contacts/{id}/merge',
      { into: '00000000-0000-8000-8000-000000000000', reason: 'same-person' },
      (situation) => having(situation, 'marketing-manager', 'privacy'),
    ),
    'post /data-subjects/search': [post('/data-subjects/search', { phone: '+4930000001' }, forThose(['pia'], 200))],
    'get /data-subjects/{id}': onSubject('', undefined, ['pia', 'root', 'audrey'], 200),
    'get /data-subjects/{id}/receipts': onSubject('/receipts', undefined, ['pia', 'root', 'audrey'], 200),
    'post /data-subjects/{id}/export': onSubject('/export', REASON, ['pia'], LET_THROUGH),
    'post /data-subjects/{id}/legal-hold': onSubject(
      '/legal-hold',
      { ...REASON, matter: 'c-1' },
      ['pia', 'root', 'audrey'],
      LET_THROUGH,
    ),
    'post /data-subjects/{id}/legal-hold/lift': onSubject('/legal-hold/lift', REASON, ['pia', 'root'], LET_THROUGH),
    'post /data-subjects/{id}/erasure': onSubject('/erasure', REASON, ['pia'], LET_THROUGH),
    'post /data-subjects/{id}/erasure/approval': onSubject('/erasure/approval', REASON, ['pia', 'root'], LET_THROUGH),
    'post /key-epochs/rotation': [post('/key-epochs/rotation', REASON, forThose(['pia', 'root'], 200))],
    'post /blind-index/rotation': [post('/blind-index/rotation', REASON, forThose(['pia', 'root'], 200))],
  };
}

/** The path of the first tile of hashes, as the last published checkpoint has it. */
async function firstTile(): Promise<string> {
  const sizeIn = (checkpoint: string) => Number(checkpoint.split('\n')[1]);
  const { text } = await until(
    () => baton.nobody.get('/audit/checkpoint'),
    (answer) => answer.status === 200 && sizeIn(answer.text) > 0,
    'a checkpoint with leaves',
  );
  return tilePath({ level: 0, index: 0, width: Math.min(256, sizeIn(text)) });
}

describe('Every route × role × team', () => {
  let table: Readonly<Record<string, readonly Access[]>>;
  beforeAll(async () => {
    const { as } = baton;
    for (const { lead, revision } of Object.values(leads))
      await as('audrey').read(`/audit/leads/${lead}/ownership?after=${lead}@${revision}`);
    const { shipped } = await as('maria').read<{ shipped: { content: object } }>('/agreements/default');
    await as('maria').done('/policies/default/propose', { content: { ...POLICY, threshold: 40 } });
    await as('maria').done('/agreements/default/propose', { content: shipped.content });
    await as('maria').done('/agreements/default/propose', { content: { ...shipped.content, hygieneDays: 9 } });
    table = accessTable(shipped.content, await firstTile());
  });

  it('has an entry for each route there is', async () => {
    const entries = Object.keys(table).toSorted();
    // From the sources, since a route may be left out of the API's description.
    expect(entries).toEqual((await routesInSources()).toSorted());
    const document = await baton.nobody.read<{ paths: Record<string, object> }>('/openapi.json');
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(entries).toEqual(expect.arrayContaining(described));
  });

  it('answers each kind of caller as the table says', async () => {
    const wrong: string[] = [];
    const look = async (route: string, { situation, ask }: Access, client: Client, wanted: number) => {
      const { status } = await ask(client);
      if (status !== wanted) wrong.push(`${route}, ${situation ?? 'any'}, ${client.subject}: ${status}, not ${wanted}`);
    };
    for (const [route, entries] of Object.entries(table)) {
      await look(route, entries[0]!, baton.nobody, entries[0]!.open ? 200 : 401);
      for (const entry of entries) {
        const asked = (person: string) => look(route, entry, baton.as(person), entry.expected(person));
        if (entry.inTurn) for (const person of EVERYBODY) await asked(person);
        else await Promise.all(EVERYBODY.map(asked));
      }
    }
    expect(wrong).toEqual([]);
  }, 120_000);

  it('left every lead as it was', async () => {
    for (const before of Object.values(leads)) expect(await showLead(baton, before.lead)).toEqual(before);
  });

  it('gives no rights for a role that no token may carry', async () => {
    const token = await baton.issuer
      .issue({ subject: 'rudi', roles: ['rule' as 'admin'], lifetimeSeconds: 60 })
      .catch(String);
    expect(token).toMatch(/RangeError/);
  });
});

describe("Another team's lead", () => {
  const strangers = ['otto', 'olga', 'eve', 'ed', 'malte', 'silke'];

  it('is in no list, under no filter and no sorting', async () => {
    const filters = [
      '',
      'stewardTeam=north-marketing',
      'offereeTeam=north-sales',
      'workerTeam=north-sales',
      'salesPerson=sven',
      'source=organic_search',
      'topic=robots',
      'campaign=spring',
      'state=offered,working,lost,nurturing',
      'externalSystem=crm&externalId=x-1',
      ...['updated', 'created', 'stateSince', 'score'].flatMap((sort) =>
        ['ascending', 'descending'].map((direction) => `sort=${sort}&direction=${direction}`),
      ),
    ];
    for (const person of strangers) {
      for (const filter of filters) {
        const found = await baton.as(person).read<{ leads: object[] }>(`/leads?${filter}`);
        expect({ person, filter, found }).toEqual({ person, filter, found: { leads: [] } });
      }
      expect(await baton.as(person).read('/merge-queue')).toEqual({ candidates: [] });
    }
    // The same filters find it for its own people: none of them is empty for want of leads.
    const { lead } = leads['offered to Sven']!;
    for (const filter of ['campaign=spring', 'salesPerson=sven', 'externalSystem=crm&externalId=x-1']) {
      const { leads: own } = await baton.as('maria').read<{ leads: { lead: string }[] }>(`/leads?${filter}`);
      expect(own.map((card) => card.lead)).toContain(lead);
    }
  });

  it('cannot be told from one that does not exist', async () => {
    const { lead, contact } = leads['worked by Sven']!;
    const none = randomUUID();
    for (const person of ['otto', 'eve']) {
      const ways = [
        (id: string) => baton.as(person).get<Problem>(`/leads/${id}`),
        (id: string) => baton.as(person).get<Problem>(`/leads/${id}/timeline`),
        (id: string) => baton.as(person).get<Problem>(`/leads/${id}/card`),
        (id: string) => baton.as(person).get<Problem>(`/leads/${id}/contact`),
        (id: string) => baton.as(person).get<Problem>(`/leads/${id}?revision=1`),
        (id: string) => baton.as(person).post<Problem>(`/leads/${id}/record-insight`, { insight: 'wish', tags: [] }),
        (id: string) =>
          baton.as(person).post<Problem>(`/leads/${id}/contact`, LEAD_COMMAND_ACCESS['contact']!.body, STALE),
      ];
      for (const way of ways) expect(seen(await way(lead))).toEqual(seen(await way(none)));
      const consent = { consent: 'withdrawn' };
      expect(seen(await baton.as(person).post<Problem>(`/contacts/${contact}/consent`, consent))).toEqual(
        seen(await baton.as(person).post<Problem>(`/contacts/${none}/consent`, consent)),
      );
    }
  });

  it('is none to merge into, whatever its contact', async () => {
    const own = await new LeadLife(baton).create(
      { ...goodLead({ profile: {} }), steward: { team: 'south-marketing', person: 'otto' } },
      'otto',
    );
    const tryToMerge = (into: string) =>
      baton.as('olga').post<Problem>(`/leads/${own.lead}/merge`, { into }, { ifMatch: own.revision });
    const foreign = await tryToMerge(leads['rejected by Sven']!.lead);
    expect(foreign.status).toBe(422);
    expect(seen(foreign)).toEqual(seen(await tryToMerge(randomUUID())));
  });
});

/** All that an answer shows, but for what is the request's own. */
function seen({ status, headers, body }: { status: number; headers: Headers; body: Problem }) {
  const { instance: _instance, ...problem } = body;
  const shown = [...headers].filter(([name]) => !['date', 'x-request-id', 'content-length'].includes(name));
  return { status, problem, headers: shown };
}
