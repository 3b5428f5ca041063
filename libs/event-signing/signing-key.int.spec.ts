import { randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryEventStore } from '../event-store/memory-event-store.js';
import type { NewEvent } from '../event-store/event-store.js';
import { openEventSigner } from './signing-key.js';

const event: NewEvent = { id: randomUUID(), type: 'TeamFormed.v1', data: {}, metadata: { recordedAt: 'then' } };
const STREAM = 'team-north';

describe('The key that signs the events of a store', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'baton-signing-'));
    file = join(folder, 'event-signing.key');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is made where there is neither key nor event, for its owner alone, and is the same ever after', async () => {
    const store = new MemoryEventStore();
    const first = await openEventSigner(store, file, randomBytes);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const signed = await first.sign(STREAM, 0, [event]);
    await store.append(STREAM, 'no-stream', signed);
    const again = await openEventSigner(store, file, randomBytes);
    expect(await again.sign(STREAM, 0, [event])).toEqual(signed);
  });

  it('is not made anew for a store that has events, nor for one whose events are not signed', async () => {
    const store = new MemoryEventStore();
    await store.append(STREAM, 'no-stream', [event]);
    await expect(openEventSigner(store, file, randomBytes)).rejects.toThrow(/before events were signed/);
    const signedStore = new MemoryEventStore();
    const elsewhere = await openEventSigner(new MemoryEventStore(), join(folder, 'other.key'), randomBytes);
    await signedStore.append(STREAM, 'no-stream', await elsewhere.sign(STREAM, 0, [event]));
    await expect(openEventSigner(signedStore, file, randomBytes)).rejects.toThrow(/event-signing\.key is missing/);
    expect(existsSync(file)).toBe(false);
  });

  it('is refused while others may read it', async () => {
    const store = new MemoryEventStore();
    await openEventSigner(store, file, randomBytes);
    chmodSync(file, 0o640);
    await expect(openEventSigner(store, file, randomBytes)).rejects.toThrow(/chmod 600/);
  });
});
