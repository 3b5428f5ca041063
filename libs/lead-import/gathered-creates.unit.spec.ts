import { ApiFault, type ApiAnswer, type BatonApi } from './baton-api.js';
import { GatheredCreates } from './gathered-creates.js';

type Row = { readonly topic: string; readonly key: string };

/** Answers batches by what each row's topic asks for, and remembers them. */
class Server implements BatonApi {
  readonly batches: (readonly Row[])[] = [];
  readonly others: string[] = [];

  post(path: string, body: object): Promise<ApiAnswer> {
    if (path !== '/leads/batch') {
      this.others.push(path);
      return Promise.resolve({ ok: true, body: {} });
    }
    const { leads } = body as { leads: readonly Row[] };
    this.batches.push(leads);
    if (leads.some(({ topic }) => topic === 'away')) return Promise.reject(new ApiFault('unreachable', 'away'));
    const verdicts = leads.map(({ topic, key }, row) => {
      if (topic === 'refused')
        return {
          row,
          status: 'refused',
          problem: { status: 409, type: 'urn:baton:problem:duplicate', leadId: 'other' },
        };
      return { row, status: topic === 'again' ? 'repeated' : 'created', lead: `lead of ${key}` };
    });
    return Promise.resolve({ ok: true, body: { verdicts } });
  }

  get(path: string): Promise<ApiAnswer> {
    return this.post(path, {});
  }
}

describe('gathered creations', () => {
  it('that are ready together go in one batch, and each gets its own verdict', async () => {
    const server = new Server();
    const api = new GatheredCreates(server);
    const answers = await Promise.all(
      ['new', 'again', 'refused'].map((topic, index) => api.post('/leads', { topic }, `key-${index}`)),
    );
    expect(server.batches).toEqual([
      [
        { topic: 'new', key: 'key-0' },
        { topic: 'again', key: 'key-1' },
        { topic: 'refused', key: 'key-2' },
      ],
    ]);
    expect(answers).toEqual([
      { ok: true, body: { lead: 'lead of key-0', repeated: false } },
      { ok: true, body: { lead: 'lead of key-1', repeated: true } },
      { ok: false, problem: { slug: 'duplicate', detail: 'status 409', leadId: 'other' } },
    ]);
  });

  it('are bounded in rows and in characters, and lose none', async () => {
    const server = new Server();
    const api = new GatheredCreates(server);
    const many = Array.from({ length: 600 }, (_, at) => api.post('/leads', { topic: 'new' }, `many-${at}`));
    const long = Array.from({ length: 4 }, (_, at) => api.post('/leads', { topic: 'x'.repeat(400_000) }, `long-${at}`));
    await Promise.all([...many, ...long]);
    expect(server.batches.flat()).toHaveLength(604);
    expect(Math.max(...server.batches.map((rows) => rows.length))).toBeLessThanOrEqual(250);
    expect(
      server.batches
        .filter((rows) => rows.some(({ key }) => key.startsWith('long')))
        .every((rows) => JSON.stringify(rows).length < 1_000_000),
    ).toBe(true);
  });

  it('all fail where the batch has no answer, and the next batch goes on', async () => {
    const api = new GatheredCreates(new Server());
    await expect(api.post('/leads', { topic: 'away' }, 'one')).rejects.toThrow(ApiFault);
    await expect(api.post('/leads', { topic: 'new' }, 'two')).resolves.toMatchObject({ ok: true });
  });

  it('leave every other request as it is', async () => {
    const server = new Server();
    await new GatheredCreates(server).post('/leads/x/qualify', {}, 'key');
    expect(server.others).toEqual(['/leads/x/qualify']);
  });
});
