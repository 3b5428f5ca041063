import { randomBytes } from 'node:crypto';
import { keyRing } from './key-ring.spec-kit.js';
import { KeyStoreFault, StillInLog, type KeyStore } from './key-store.js';
import { MemoryKeyStore } from './memory-key-store.js';
import { watchedKeyStore } from './watched-key-store.js';

describe('A key store that is watched', () => {
  let now: number;
  let fault: Error | undefined;
  let reads: number;
  const open = () => {
    [now, fault, reads] = [0, undefined, 0];
    const store = new MemoryKeyStore(randomBytes, keyRing());
    const failing = new Proxy<KeyStore>(store, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        if (name === 'fencedUpTo') reads += 1;
        if (fault && name !== 'fencedUpTo') return () => Promise.reject(fault!);
        return (member as (...given: unknown[]) => unknown).bind(target);
      },
    });
    return watchedKeyStore(failing, () => now);
  };

  it('does what the store does, and has no problem', async () => {
    const keys = open();
    const { contact } = (await keys.reserveContact({ candidates: [], newContact: 'ann', leadId: 'lead' })) as {
      contact: string;
    };
    expect([contact, await keys.contactLeads('ann')]).toEqual(['ann', ['lead']]);
    expect(await keys.problem()).toBeUndefined();
    expect(reads).toBe(1);
  });

  it('says for five seconds what it could not do, and then tries', async () => {
    const keys = open();
    fault = new KeyStoreFault('the key store answers SQLITE_FULL');
    await expect(keys.keyFor('ann')).rejects.toBe(fault);
    now = 4_999;
    expect(await keys.problem()).toBe('the key store answers SQLITE_FULL');
    now = 5_000;
    expect(await keys.problem()).toBeUndefined();
  });

  it('says so no longer once the same works', async () => {
    const keys = open();
    fault = new KeyStoreFault('the key store answers SQLITE_FULL');
    await expect(keys.linkLead('ann', 'lead')).rejects.toBe(fault);
    fault = undefined;
    await keys.contactLeads('ann');
    expect(await keys.problem()).toBe('the key store answers SQLITE_FULL');
    await keys.linkLead('ann', 'lead');
    expect(await keys.problem()).toBeUndefined();
  });

  it('makes nothing of a reader that was in the way, nor of any other error', async () => {
    const keys = open();
    for (const one of [new StillInLog('somebody reads there'), new TypeError('a bug')]) {
      fault = one;
      await expect(keys.erase('ann')).rejects.toBe(one);
      expect(await keys.problem()).toBeUndefined();
    }
  });
});
