import { KeyStoreFault, StillInLog, type KeyStore } from './key-store.js';

/** A key store that remembers what it could not do. */
export interface WatchedKeyStore extends KeyStore {
  /** Why it cannot be counted on, in fixed words; undefined where it can. */
  problem(): Promise<string | undefined>;
}

/** As long as this nobody is sent here after a fault; then somebody has to try whether it is over. */
const REMEMBERED_MS = 5_000;

/**
 * A disk without room is seen by nothing but a write, and a write for its own sake would be one sync for everybody who
 * asks for readiness. So what the callers hear is remembered for a moment, unless the same works meanwhile;
 * whether reading works is tried.
 *
 * @param elapsed milliseconds from any start, never running back
 */
export function watchedKeyStore(store: KeyStore, elapsed: () => number): WatchedKeyStore {
  let last: { readonly asked: string; readonly at: number; readonly message: string } | undefined;
  const problem = async (): Promise<string | undefined> => {
    if (last !== undefined && elapsed() - last.at < REMEMBERED_MS) return last.message;
    try {
      await store.fencedUpTo();
      return undefined;
    } catch (fault) {
      if (fault instanceof KeyStoreFault) return fault.message;
      throw fault;
    }
  };
  const watched = new Proxy(store, {
    get(target, name) {
      if (name === 'problem') return problem;
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return async (...args: readonly unknown[]): Promise<unknown> => {
        try {
          const done = await (member.apply(target, args) as Promise<unknown>);
          if (last?.asked === name) last = undefined;
          return done;
        } catch (fault) {
          // One that is over as soon as a reader is done says nothing of the disk.
          if (fault instanceof KeyStoreFault && !(fault instanceof StillInLog))
            last = { asked: String(name), at: elapsed(), message: fault.message };
          throw fault;
        }
      };
    },
  });
  return watched as WatchedKeyStore;
}
