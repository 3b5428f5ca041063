import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { setUpAccess } from '../libs/event-store/eventstoredb/access-set-up.js';
import { openEventStoreDb } from '../libs/event-store/eventstoredb/open-eventstoredb.js';
import { newEvents, newStream } from '../libs/event-store/opened-store.spec-kit.js';
import { makeCertificate, type Certificate } from './certificate.spec-kit.js';
import { DoubleAccess } from './eventstoredb/double-access.spec-kit.js';
import { startFront, type DoubleFront } from './eventstoredb/double-users.spec-kit.js';
import { EventStoreDbDouble } from './eventstoredb/eventstoredb-double.spec-kit.js';

const ADMIN = { username: 'admin', password: 'changeit' };

describe('baton store init', () => {
  let certificate: Certificate;
  let access: DoubleAccess;
  let double: EventStoreDbDouble;
  let front: DoubleFront;
  let address: string;

  beforeAll(async () => (certificate = await makeCertificate()));
  afterAll(() => certificate.remove());
  beforeEach(async () => {
    access = new DoubleAccess();
    double = await EventStoreDbDouble.start({ access, certificate });
    front = await startFront(access, certificate, double.port);
    address = `esdb://baton:s3cret@127.0.0.1:${front.port}?tlsCAFile=${encodeURIComponent(certificate.file)}`;
  });
  afterEach(() => {
    front.stop();
    double.stop();
  });

  async function init(more: Partial<Parameters<typeof setUpAccess>[0]> = {}): Promise<readonly string[]> {
    const told: string[] = [];
    await setUpAccess({ address, admin: ADMIN, group: 'baton', tell: (line) => told.push(line), ...more });
    return told;
  }

  it("makes user and rules, and proves by the user's own rights that it can delete nothing", async () => {
    expect(await init()).toEqual([
      'made the user baton in the group baton',
      'set the access rules: baton reads, writes and follows; only $admins delete and hide',
      'proved: baton reads, writes and follows $all; deleting and hiding are refused to it',
    ]);
    const store = await openEventStoreDb({ address });
    const stream = newStream();
    expect(await store.append(stream, 'no-stream', newEvents(1))).toMatchObject({ ok: true });
    expect(await store.readAll()).toHaveLength(1);
    await store.close();
    access.users.set('other', { password: 'x', groups: [] });
    for (const right of ['read', 'write', 'delete'] as const)
      expect(access.refusal(`Basic ${btoa('other:x')}`, right, stream, double.log)).toBe('denied');
  });

  it('changes nothing when it is run again', async () => {
    await init();
    const before = double.log.all.length;
    expect(await init()).toEqual([
      'the user baton is in the group baton',
      'the access rules stand already',
      expect.stringMatching(/^proved: /),
    ]);
    expect(double.log.all).toHaveLength(before);
    expect(front.asked.filter((one) => !one.startsWith('GET'))).toEqual(['POST /users/']);
  });

  it('puts an existing user into the group; its password is set anew only when that is asked for', async () => {
    access.users.set('baton', { password: 'former', groups: ['readers'] });
    await expect(init()).rejects.toThrow('baton has another password: correct the address, or add --reset-password');
    expect(await init({ resetPassword: true })).toContain('reset the password of baton');
    expect(access.users.get('baton')).toEqual({ password: 's3cret', groups: ['readers', 'baton'] });
  });

  it("leaves others' rules alone unless it is told to replace them", async () => {
    await init({ group: 'elsewhere' });
    await expect(init()).rejects.toThrow(/other access rules of its own: look at \$settings, or add --replace-rules/);
    expect(await init({ replaceRules: true })).toContainEqual(expect.stringMatching(/^set the access rules: baton/));
  });

  it('fails where the rules are set but do not hold', async () => {
    const refusal = access.refusal.bind(access);
    access.refusal = (authorization, right, stream, log) =>
      right === 'delete' ? undefined : refusal(authorization, right, stream, log);
    await expect(init()).rejects.toThrow('baton can delete a stream');
  }, 30_000);

  it.each([
    ['wrong administrator', { admin: { ...ADMIN, password: 'wrong' } }, /refuses the administrator/],
    ['a bad group', { group: 'a b' }, /a group is 1 to 60/],
    ['the administrator as the service', { admin: { username: 'baton', password: 'x' } }, /needs a user of its own/],
    ['no TLS', { address: 'esdb://127.0.0.1:2113?tls=false' }, /without TLS: such a server holds nobody to any rule/],
  ])('refuses in one line, and does nothing: %s', async (_, more, line) => {
    await expect(init(more)).rejects.toThrow(line);
    expect(double.log.all).toEqual([]);
  });

  it('refuses a user that is an administrator', async () => {
    access.users.set('baton', { password: 's3cret', groups: ['$admins'] });
    await expect(init()).rejects.toThrow(/is an administrator, who may delete everything: name another user/);
  });

  /** The built command, as an administrator types it. */
  const command = async (env: Record<string, string>, ...args: string[]) => {
    const main = fileURLToPath(new URL('../dist/bundle/cli.js', import.meta.url));
    const child = spawn(process.execPath, [main, 'store', 'init', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { code: await ended, out: out.trimEnd().split('\n'), err: err.trimEnd() };
  };

  it('is run by the command line, which takes both addresses from the environment and tells each step', async () => {
    const env = { BATON_EVENT_STORE: address, BATON_EVENT_STORE_ADMIN: 'admin:changeit' };
    expect(await command(env, '--group', 'services')).toMatchObject({
      code: 0,
      out: [
        'made the user baton in the group services',
        expect.stringMatching(/^set the access rules: services reads, writes and follows/),
        expect.stringMatching(/^proved: baton reads, writes and follows \$all; deleting and hiding are refused to it$/),
      ],
    });
    expect(access.users.get('baton')).toEqual({ password: 's3cret', groups: ['services'] });
  }, 30_000);

  it.each<[string, Record<string, string>, number, RegExp]>([
    ['no administrator', {}, 3, /BATON_EVENT_STORE_ADMIN must be USER:PASSWORD of one of the server's administrators$/],
    ['a wrong administrator', { BATON_EVENT_STORE_ADMIN: 'admin:canary' }, 1, /refuses the administrator/],
  ])('ends the command in one line, and does nothing: %s', async (_, env, code, line) => {
    const ended = await command({ BATON_EVENT_STORE: address, ...env });
    expect(ended).toMatchObject({ code, err: expect.stringMatching(line) as string });
    expect(ended.err.split('\n')).toHaveLength(1);
    expect(ended.err).not.toMatch(/canary|s3cret/);
    expect(double.log.all).toEqual([]);
    expect(access.users.has('baton')).toBe(false);
  });
});
