import { randomBytes } from 'node:crypto';
import { keyStoreContract } from './key-store.contract.spec-kit.js';
import { MemoryKeyStore } from './memory-key-store.js';

describe('the key store in memory', () => {
  describe('keeps the contract', () => keyStoreContract(async (ring) => new MemoryKeyStore(randomBytes, ring)));
});
