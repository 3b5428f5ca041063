import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MemoryEventStore } from '../event-store/memory-event-store.js';
import { formatVkey } from '../transparency-log/note-key.js';
import { TrailKeeper } from './trail-keeper.js';
import { keep, QUICK, trusted } from './trail-keeper.spec-kit.js';
import { appendEvents, newTrailFolder, policyOf, sealAll, signer, stewardEvent } from './trail.spec-kit.js';
import { testEventKeys } from '../event-signing/event-signing.spec-kit.js';
import type { Fetch } from './witness-client.js';
import { startWitness, type StartedWitness } from './witnessed.spec-kit.js';

let witnesses: StartedWitness[];
beforeEach(async () => {
  witnesses = await Promise.all(['w', 'ww', 'www'].map((name) => startWitness(name)));
});
afterEach(() => Promise.all(witnesses.map((one) => one.stop())));

/** At least so many of the three. */
const policyFor = (threshold: number) =>
  policyOf(
    [
      `log ${formatVkey(signer.key)}\n`,
      ...witnesses.map(({ line }) => line),
      `group all-of-them ${threshold} w ww www\nquorum all-of-them\n`,
    ].join(''),
  );

const TIMES = { timeoutMs: 2_000, graceMs: 50 };

describe('A log with witnesses', () => {
  it('publishes only what a quorum has cosigned, and keeps every checkpoint that it published', async () => {
    const [store, folder, policy] = [new MemoryEventStore(), newTrailFolder(), policyFor(2)];
    await witnesses[2]!.away();
    const { seen, stop } = await keep({ store, folder, policy, witnessTimes: TIMES });
    await seen.published(0);
    await appendEvents(store, 5);
    await seen.published(5);
    const { checkpoint, quorum, seenBy } = await trusted(folder, policy);
    expect([checkpoint.size, quorum, seenBy.map(({ witness }) => witness.name)]).toEqual([5, 'met', ['w', 'ww']]);
    for (const size of [0, 5]) expect((await trusted(folder, policy, `checkpoints/${size}`)).quorum).toBe('met');
    await stop();
  });

  it('seals on while too few answer, publishes nothing, and says so; all of it once they are back', async () => {
    const [store, folder, policy] = [new MemoryEventStore(), newTrailFolder(), policyFor(2)];
    const { keeper, seen, stop } = await keep({ store, folder, policy, witnessTimes: TIMES });
    await seen.published(0);
    await witnesses[0]!.away();
    await witnesses[1]!.away();
    await appendEvents(store, 3);
    await seen.when('unwitnessed');
    await appendEvents(store, 3);
    await seen.when('sealed', ({ size }) => size === 6);
    const { size, publishedSize, missing } = await keeper.status();
    expect([size, publishedSize]).toEqual([6, 0]);
    expect(missing).toEqual([expect.stringMatching(/^w is not reached/), expect.stringMatching(/^ww is not reached/)]);
    expect((await trusted(folder, policy)).checkpoint.size).toBe(0);
    await witnesses[0]!.back();
    await seen.published(6);
    expect(await keeper.status()).toMatchObject({ publishedSize: 6, unpublishedMs: 0 });
    await stop();
  });

  it('does not wait for a witness that never answers, once the quorum is there', async () => {
    const [store, folder, policy] = [new MemoryEventStore(), newTrailFolder(), policyFor(2)];
    const silent: Fetch = (url, init) =>
      url.startsWith(witnesses[2]!.url)
        ? new Promise((_, reject) => init.signal?.addEventListener('abort', () => reject(new Error('late'))))
        : fetch(url, init);
    const { seen, stop } = await keep({
      store,
      folder,
      policy,
      fetch: silent,
      witnessTimes: { timeoutMs: 60_000, graceMs: 10 },
    });
    await appendEvents(store, 2);
    await seen.published(2);
    await stop();
  });

  it('shows an unchanged checkpoint again after 60 seconds: the first and the last cosigning of a size are kept', async () => {
    const [store, folder, policy] = [new MemoryEventStore(), newTrailFolder(), policyFor(3)];
    let now = Date.now();
    const { seen, stop } = await keep({ store, folder, policy, clock: () => now, witnessTimes: TIMES });
    await appendEvents(store, 1);
    await seen.published(1);
    const first = (await trusted(folder, policy)).times!;
    expect(existsSync(join(folder, 'checkpoints/1.last'))).toBe(false);
    for (const { time } of witnesses) time.ms += 90_000;
    const before = seen.all.length;
    now += 60_000;
    await seen.when('published', () => true, before);
    const times = async (file: string) => (await trusted(folder, policy, file)).times!;
    expect(await times('checkpoints/1')).toEqual(first);
    expect((await times('checkpoints/1.last')).notBefore).toBe(first.notBefore + 90);
    expect(await times('checkpoint')).toEqual(await times('checkpoints/1.last'));
    await stop();
  });

  it('is not shown again while an event waits that is refused: it would look back-dated once it is sealed', async () => {
    const [store, folder, policy] = [new MemoryEventStore(), newTrailFolder(), policyFor(3)];
    let now = Date.now();
    let looks = 0;
    let enough: () => void = () => undefined;
    const { seen, stop } = await keep({
      store,
      folder,
      policy,
      clock: () => now,
      witnessTimes: TIMES,
      pause: async (ms, signal) => {
        looks += 1;
        if (looks > 60) enough();
        await sleep(ms, undefined, { signal }).catch(() => undefined);
      },
    });
    await appendEvents(store, 1);
    await seen.published(1);
    await store.append('lead-x', 'no-stream', [stewardEvent(0)]);
    await seen.when('alarm');
    const before = seen.all.length;
    now += 600_000;
    looks = 0;
    await new Promise<void>((resolve) => (enough = resolve));
    expect(seen.all.slice(before).filter(({ kind }) => kind === 'published')).toEqual([]);
    expect(existsSync(join(folder, 'checkpoints/1.last'))).toBe(false);
    await stop();
  });

  it('of an older copy is not started: a witness has seen more', async () => {
    const [store, folder, policy] = [new MemoryEventStore(), newTrailFolder(), policyFor(3)];
    const yesterday = newTrailFolder();
    await appendEvents(store, 3);
    const first = await keep({ store, folder, policy, witnessTimes: TIMES });
    await first.seen.published(3);
    await first.stop();
    cpSync(folder, yesterday, { recursive: true });
    await appendEvents(store, 3);
    const second = await keep({ store, folder, policy, witnessTimes: TIMES });
    await second.seen.published(6);
    await second.stop();
    await expect(keep({ store, folder: yesterday, policy, witnessTimes: TIMES })).rejects.toThrow(
      /^witness w has seen 6 leaves and this log has 3: it is an old copy/,
    );
  });

  it('rebuilt with other events and signed again gets no cosignature: the start is refused, the evidence is kept', async () => {
    const [store, folder, policy] = [new MemoryEventStore(), newTrailFolder(), policyFor(3)];
    await appendEvents(store, 4);
    const honest = await keep({ store, folder, policy, witnessTimes: TIMES });
    await honest.seen.published(4);
    await honest.stop();
    const [rewritten, other] = [new MemoryEventStore(), newTrailFolder()];
    await appendEvents(rewritten, 4);
    await sealAll(rewritten, other);
    await expect(keep({ store: rewritten, folder: other, policy, witnessTimes: TIMES })).rejects.toThrow(
      /another history was signed with this log's key/,
    );
    // Grown beyond what they have seen it is no better.
    await appendEvents(rewritten, 3);
    await sealAll(rewritten, other);
    await expect(keep({ store: rewritten, folder: other, policy, witnessTimes: TIMES })).rejects.toThrow(
      /another history was signed with this log's key/,
    );
    for (const { state } of witnesses) expect(state.evidenceCount()).toBeGreaterThanOrEqual(1);
  });

  it('that another one overtakes while it runs stops with an alarm, and signs nothing more', async () => {
    const [store, folder, policy] = [new MemoryEventStore(), newTrailFolder(), policyFor(3)];
    const { keeper, seen, stop } = await keep({ store, folder, policy, witnessTimes: TIMES });
    await seen.published(0);
    // The same key on another machine, on a store of its own.
    const [elsewhere, theirs] = [new MemoryEventStore(), newTrailFolder()];
    await appendEvents(elsewhere, 9);
    const other = await keep({ store: elsewhere, folder: theirs, policy, witnessTimes: TIMES });
    await other.seen.published(9);
    await other.stop();
    await appendEvents(store, 2);
    const { alarm } = await seen.when('alarm');
    expect(alarm.rule).toMatch(/has seen 9 leaves and this log has \d/);
    expect(await keeper.status()).toMatchObject({ state: 'stopped', publishedSize: 0, alarm });
    await stop();
  });

  it('is refused clearly by a witness that does not know it, and goes on with the others', async () => {
    const stranger = await startWitness('wwww', []);
    const [store, folder] = [new MemoryEventStore(), newTrailFolder()];
    const policy = policyOf(
      `log ${formatVkey(signer.key)}\n${witnesses[0]!.line}${stranger.line}group g any w wwww\nquorum g\n`,
    );
    const { keeper, seen, stop } = await keep({ store, folder, policy, witnessTimes: TIMES });
    await appendEvents(store, 1);
    await seen.published(1);
    const { missing } = await keeper.status();
    expect(missing).toEqual(["wwww answers 404: is this log's key in its policy?"]);
    await stop();
    await stranger.stop();
  });

  it('opens only for one sealer', async () => {
    const [store, folder, policy] = [new MemoryEventStore(), newTrailFolder(), policyFor(1)];
    const { stop } = await keep({ store, folder, policy });
    const parts = { signers: [signer] as const, eventKeys: testEventKeys(), fetch, clock: Date.now, times: QUICK };
    await expect(TrailKeeper.open({ store, folder, policy, ...parts })).rejects.toThrow(/another sealer/);
    await stop();
  });
});
