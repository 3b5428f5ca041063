import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../decider/clock.js';
import type { Caller } from './caller.js';

/** A role that was taken away by the issuer ends with the token; one that Baton is told of, within this time. */
const LONGEST_TRUST_MS = 60_000;
const MOST_TOKENS = 10_000;

interface Trusted {
  readonly caller: Caller;
  readonly until: number;
}

/** Tokens whose signature need not be checked again yet; kept by digest, so that no token lies in memory. */
export class VerifiedTokens {
  readonly #trusted = new LRUCache<string, Trusted>({ max: MOST_TOKENS });

  constructor(private readonly clock: Clock) {}

  find(token: string): Caller | undefined {
    const digest = digestOf(token);
    const trusted = this.#trusted.get(digest);
    if (trusted === undefined) return undefined;
    const now = this.clock();
    // A clock that was set back must not lengthen the trust.
    if (now < trusted.until && now >= trusted.until - LONGEST_TRUST_MS) return trusted.caller;
    this.#trusted.delete(digest);
    return undefined;
  }

  add(token: string, caller: Caller): void {
    const until = Math.min(this.clock() + LONGEST_TRUST_MS, caller.expiresAt);
    this.#trusted.set(digestOf(token), { caller, until });
  }
}

const digestOf = (token: string): string => createHash('sha256').update(token).digest('base64');
