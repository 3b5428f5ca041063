import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { TokenRole } from '../libs/decider/decision.js';
import type { LeadView } from '../libs/lead-commands/http/lead-view.js';
import { startBaton, type TestBaton } from './baton.spec-kit.js';
import type { Ended } from './baton-process.spec-kit.js';
import { LeadLife } from './lead-life.spec-kit.js';
import { formTeams, newLead, signPolicy } from './people.spec-kit.js';
import { until } from './until.spec-kit.js';

const MAIN = resolve('dist/bundle/cli.js');
const POISONED = 'lead-11111111-1111-8111-8111-111111111111';
const LONG_MS = 240_000;

let baton: TestBaton;
let offered: LeadView;
let worked: LeadView;

beforeAll(async () => {
  baton = await startBaton();
  await formTeams(baton.as);
  await signPolicy(baton.as);
  const life = new LeadLife(baton);
  offered = await life.offeredTo({ team: 'north-sales', person: 'sven' });
  worked = await life.workedBy('sven');
  const { lead, revision } = await life.create(newLead({ source: 'fair' }));
  await baton.as('ana').read(`/leads?after=${lead}@${revision}`);
}, LONG_MS);
afterAll(() => baton.stop());

/** `baton …` as built, against the running server. */
async function run(roles: readonly TokenRole[], ...args: readonly string[]): Promise<Ended> {
  const token = await baton.issuer.issue({ subject: 'someone', roles, lifetimeSeconds: 600 });
  const env = { PATH: process.env['PATH'] ?? '', BATON_URL: baton.url, BATON_TOKEN: token };
  return new Promise((done) => {
    execFile(process.execPath, [MAIN, ...args], { env, cwd: baton.dataDir }, (fault, stdout, stderr) => {
      done({ code: typeof fault?.code === 'number' ? fault.code : fault ? -1 : 0, stdout, stderr });
    });
  });
}
const asAuditor = (...args: readonly string[]) => run(['auditor'], ...args);
const asAdmin = (...args: readonly string[]) => run(['admin'], ...args);

interface Page {
  readonly states: readonly { readonly state: string; readonly leads: number }[];
  readonly leads: readonly { readonly lead: string }[];
  readonly next?: string;
}
const page = ({ stdout }: Ended): Page => JSON.parse(stdout) as Page;
const leadsOf = (ended: Ended) => page(ended).leads.map(({ lead }) => lead);

describe('baton board and baton queue', () => {
  it(
    'show what marketing stewards and what sales has before it',
    async () => {
      const board = await asAuditor('board', '--team', 'north-marketing');
      expect(board).toMatchObject({ code: 0, stderr: '' });
      for (const said of ['captured', 'offered', offered.lead, worked.lead, 'north-marketing']) {
        expect(board.stdout).toContain(said);
      }
      const queue = await asAuditor('queue', '--team', 'north-sales', '--person', 'sven');
      expect(queue.stdout.indexOf(offered.lead)).toBeLessThan(queue.stdout.indexOf(worked.lead));
      expect(queue.stdout).toContain('Answer in');
      expect(leadsOf(await asAuditor('queue', '--person', 'sven', '--state', 'working', '--json'))).toEqual([
        worked.lead,
      ]);
      expect(leadsOf(await asAuditor('board', '--source', 'fair', '--json'))).toHaveLength(1);
      expect((await asAuditor('queue', '--team', 'south-sales')).stdout).toBe('No leads.\n');
    },
    LONG_MS,
  );

  it(
    'go by the page, or through all of them',
    async () => {
      const first = page(await asAuditor('board', '--limit', '1', '--json'));
      const all = leadsOf(await asAuditor('board', '--limit', '1', '--all', '--json'));
      expect(all).toHaveLength(3);
      expect(leadsOf(await asAuditor('board', '--limit', '2', '--cursor', first.next ?? '', '--json'))).toEqual(
        all.slice(1),
      );
      expect((await asAuditor('board', '--limit', '2')).stdout).toMatch(/More: the same with --cursor \S+\n/);
    },
    LONG_MS,
  );

  it.each([
    [3, 'whose queue?', ['queue']],
    [3, 'from 1 to 500', ['board', '--limit', '0']],
    [3, 'Allowed choices', ['board', '--sort', 'colour']],
    [3, 'cursor', ['board', '--cursor', 'nonsense']],
    [3, 'id must be a UUID', ['lead', 'show', 'nope']],
    [3, 'no such', ['lead', 'show', '11111111-1111-8111-8111-000000000000']],
    [3, 'each once', ['funnel', '--by', 'source,source']],
    [3, 'Give some of', ['funnel', '--by', 'colour']],
    [0, 'organic_search', ['funnel', '--by', 'source,month']],
    [3, 'must end in .parquet', ['export', 'leads', '--out', 'leads.xlsx']],
    [0, 'Examples:', ['queue', '--help']],
  ])('end with %i and say %j for %j', async (code, said, args) => {
    const ended = await asAuditor(...args);
    expect({ ...ended, code: ended.code }).toMatchObject({ code });
    expect(ended.stdout + ended.stderr).toContain(said);
  });

  it('show nothing to those who read no leads', async () => {
    expect(await asAdmin('board')).toMatchObject({ code: 5, stdout: '' });
  });
});

describe('baton export', () => {
  it.each(['parquet', 'ndjson', 'csv'])(
    'goes by the name of the file and says how many rows there are: %s',
    async (format) => {
      const ended = await asAuditor('export', 'leads', '--out', `leads.${format}`);
      expect(ended).toMatchObject({ code: 0, stdout: '' });
      expect(ended.stderr).toMatch(
        new RegExp(`^3 rows, \\d+ kB in leads.${format}; columns: leads.${format}.schema.json\n$`),
      );
    },
  );

  it('writes a file without rows where there are none', async () => {
    const ended = await asAuditor('export', 'leads', '--to', '2001-01-01', '--out', 'none.csv');
    expect(ended.stderr).toContain('0 rows, ');
    expect(await readFile(join(baton.dataDir, 'none.csv'), 'utf8')).toMatch(/^created_at,[^\n]+\n$/);
  });

  it('says what cannot be written', async () => {
    const ended = await asAuditor('export', 'leads', '--out', 'no-such-folder/leads.csv');
    expect(ended).toMatchObject({ code: 3, stderr: expect.stringContaining('ENOENT') as string });
  });
});

describe('baton projection', () => {
  it(
    'lists the builds, rebuilds one beside the one that serves, and drops the old',
    async () => {
      expect((await asAdmin('projection', 'list')).stdout).toMatch(/funnel\.\d+\.1 .*live, serves/);
      const rebuilt = await asAdmin('projection', 'rebuild', 'funnel', '--json');
      expect(rebuilt.code).toBe(0);
      const { build } = JSON.parse(rebuilt.stdout) as { build: string };
      expect(build).toMatch(/^funnel\.\d+\.2$/);
      await until(
        () => asAdmin('projection', 'list'),
        ({ stdout }) => new RegExp(`${build} .*live, serves`).test(stdout),
        'the promotion',
      );
      const old = build.replace(/2$/, '1');
      const status = await asAdmin('projection', 'status', 'funnel');
      for (const said of [old, build, 'funnel_count', 'Only first']) expect(status.stdout).toContain(said);
      expect(await asAdmin('projection', 'drop', 'funnel', build)).toMatchObject({ code: 3, stdout: '' });
      expect(await asAdmin('projection', 'drop', 'funnel', old)).toMatchObject({
        code: 0,
        stdout: `${old} is dropped.\n`,
      });
    },
    LONG_MS,
  );

  it(
    'leaves the promotion of a held build to the operator',
    async () => {
      const held = JSON.parse((await asAdmin('projection', 'rebuild', 'outcomes', '--held', '--json')).stdout) as {
        build: string;
        serving: boolean;
      };
      expect(held.serving).toBe(false);
      const promoted = await asAdmin('projection', 'promote', 'outcomes', held.build);
      expect(promoted.code).toBe(0);
      expect((await asAdmin('projection', 'list')).stdout).toMatch(new RegExp(`${held.build} .*live, serves`));
    },
    LONG_MS,
  );

  it.each([
    [3, ['projection', 'status', 'nothing-such']],
    [3, ['projection', 'promote', 'funnel', 'funnel.9.9']],
    [3, ['projection', 'rebuild']],
  ])('ends with %i for %j', async (code, args) => {
    const ended = await asAdmin(...args);
    expect(ended).toMatchObject({ code, stdout: '' });
    expect(ended.stderr.length).toBeGreaterThan(0);
  });

  it('is for administrators alone', async () => {
    expect((await asAuditor('projection', 'list')).code).toBe(5);
    expect((await asAuditor('dead-letter', 'list')).code).toBe(5);
  });
});

describe('baton dead-letter', () => {
  it(
    'finds what a view could not fold, tries it again and lets it go',
    async () => {
      expect((await asAdmin('dead-letter', 'list')).stdout).toBe('Nothing waits.\n');
      const event = { id: '22222222-2222-8222-8222-222222222222', type: 'LeadVanished.v1', data: { secret: 'jane' } };
      await baton.store.append(POISONED, 'no-stream', [
        { ...event, metadata: { recordedAt: '2026-01-01T00:00:00.000Z' } },
      ]);
      const waiting = await until(
        () => asAdmin('dead-letter', 'list', '--json'),
        ({ stdout }) => (JSON.parse(stdout) as { streams: object[] }).streams.length === 3,
        'three views that wait',
      );
      expect(waiting.stdout).toContain('UnknownEventType');
      const list = await asAdmin('dead-letter', 'list');
      expect(list.stdout).toContain(`${POISONED}@0`);
      const shown = await asAdmin('dead-letter', 'show', 'funnel', POISONED);
      expect(shown.stdout).toContain('LeadVanished.v1');
      expect(list.stdout + shown.stdout + waiting.stdout).not.toContain('jane');
      expect((await asAdmin('dead-letter', 'retry', 'funnel', POISONED)).stdout).toContain('waits at revision 0');
      expect(await asAdmin('dead-letter', 'release', 'funnel', POISONED)).toMatchObject({ code: 3 });
      expect(await asAdmin('dead-letter', 'release', 'funnel', `${POISONED}@7`)).toMatchObject({ code: 3 });
      for (const view of ['funnel', 'lead-card', 'outcomes']) {
        const released = await asAdmin('dead-letter', 'release', view, `${POISONED}@0`);
        expect(released).toMatchObject({ code: 0 });
        expect(released.stdout).toContain('nothing waits any more');
      }
      expect((await asAdmin('dead-letter', 'list')).stdout).toBe('Nothing waits.\n');
      expect((await asAdmin('projection', 'rebuild', 'funnel')).code).toBe(0);
      expect((await asAdmin('dead-letter', 'show', 'funnel', POISONED)).code).toBe(3);
    },
    LONG_MS,
  );
});
