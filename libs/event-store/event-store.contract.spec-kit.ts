import { appendContract } from './append.contract.spec-kit.js';
import { readContract } from './read.contract.spec-kit.js';
import { refusalContract } from './refusal.contract.spec-kit.js';
import { subscribeContract } from './subscribe.contract.spec-kit.js';
import type { OpenStore } from './opened-store.spec-kit.js';

/**
 * What every adapter of the event store must do. An adapter's spec is one call of this, then what is its own.
 * Each test opens a store of its own and disposes of it.
 */
export function eventStoreContract(name: string, open: OpenStore): void {
  describe(`event store contract: ${name}`, () => {
    describe('append', () => appendContract(open));
    describe('read', () => readContract(open));
    describe('subscribe', () => subscribeContract(open));
    describe('what is refused before it is sent', () => refusalContract(open));
  });
}
