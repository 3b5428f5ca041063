import { Readiness } from './readiness.js';

const LIMITS = { lagMs: 100, openHandles: 10, checkMs: 1 };
const calm = { lagMs: 0, openHandles: 1 };

describe('readiness', () => {
  it('is given when every check is', async () => {
    const readiness = new Readiness(() => calm, LIMITS);
    readiness.register('store', async () => undefined);
    expect(await readiness.report()).toEqual({
      ready: true,
      checks: { store: 'ok', 'event-loop': 'ok', 'open-handles': 'ok', process: 'ok' },
    });
  });

  it.each<[string, () => Promise<string | undefined>, string]>([
    ['says why', async () => 'is behind', 'is behind'],
    ['fails', () => Promise.reject(new Error('secret')), 'failed'],
    ['never answers', () => new Promise(() => undefined), 'did not answer in time'],
  ])('is lost when a check %s', async (_, check, told) => {
    const readiness = new Readiness(() => calm, LIMITS);
    readiness.register('store', check);
    expect(await readiness.report()).toMatchObject({ ready: false, checks: { store: told } });
  });

  it('is lost when the event loop is late, when handles are used up, and while stopping', async () => {
    expect((await new Readiness(() => ({ ...calm, lagMs: 101 }), LIMITS).report()).ready).toBe(false);
    expect((await new Readiness(() => ({ ...calm, openHandles: 11 }), LIMITS).report()).ready).toBe(false);
    const stopping = new Readiness(() => calm, LIMITS);
    stopping.stop();
    expect((await stopping.report()).ready).toBe(false);
  });

  it('does not let two checks share a name', () => {
    const readiness = new Readiness(() => calm, LIMITS);
    readiness.register('store', async () => undefined);
    expect(() => readiness.register('store', async () => undefined)).toThrow('registered already');
  });
});
