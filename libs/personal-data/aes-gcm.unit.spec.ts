import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decrypt, encrypt } from './aes-gcm.js';

interface Vector {
  readonly tcId: number;
  readonly key: string;
  readonly iv: string;
  readonly aad: string;
  readonly msg: string;
  readonly ct: string;
  readonly tag: string;
  readonly result: 'valid' | 'invalid';
}
interface VectorFile {
  readonly testGroups: readonly {
    readonly keySize: number;
    readonly ivSize: number;
    readonly tagSize: number;
    readonly tests: readonly Vector[];
  }[];
}

const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const shared = process.env.BATON_SHARED ?? join(process.cwd(), '..', 'shared');
const file = join(shared, 'vectors', 'wycheproof', 'aes_gcm_test.json');
const present = existsSync(file);

function vectors(): readonly Vector[] {
  if (!present) return [];
  return (JSON.parse(readFileSync(file, 'utf8')) as VectorFile).testGroups
    .filter(({ keySize, ivSize, tagSize }) => keySize === 256 && ivSize === 96 && tagSize === 128)
    .flatMap(({ tests }) => tests);
}

(present ? describe : describe.skip)(
  present ? 'Wycheproof AES-GCM' : 'SKIPPED, NOT CHECKED: Wycheproof AES-GCM vectors are absent, set BATON_SHARED',
  () => {
    it('agrees on all 66 tests with 256-bit key, 96-bit IV and 128-bit tag', () => {
      expect(vectors()).toHaveLength(66);
      for (const { tcId, key, iv, aad, msg, ct, tag, result } of vectors()) {
        const sealed = { iv: hex(iv), ciphertext: hex(ct), tag: hex(tag) };
        const opened = decrypt(hex(key), sealed, hex(aad))?.toString('hex');
        expect({ tcId, opened }).toEqual({ tcId, opened: result === 'valid' ? msg : undefined });
        const again = encrypt(hex(key), hex(iv), hex(aad), hex(msg));
        const same = hex(ct).equals(again.ciphertext) && hex(tag).equals(again.tag);
        expect({ tcId, same }).toEqual({ tcId, same: result === 'valid' });
      }
    });
  },
);

describe('AES-256-GCM', () => {
  const key = Buffer.alloc(32, 7);
  const iv = Buffer.alloc(12, 1);
  const aad = Buffer.from('where it belongs');
  const sealed = encrypt(key, iv, aad, Buffer.from('Zoë Example'));

  it('opens what it sealed', () => {
    expect(decrypt(key, sealed, aad)?.toString()).toBe('Zoë Example');
  });

  // Node's decipher takes tags of 4, 8 and 12 bytes unless told otherwise.
  it.each([0, 4, 8, 12, 13, 14, 15])('refuses the right tag cut to %i bytes', (bytes) => {
    expect(decrypt(key, { ...sealed, tag: sealed.tag.subarray(0, bytes) }, aad)).toBeUndefined();
  });

  it('refuses an IV of another length, another key and other surroundings', () => {
    expect(decrypt(key, { ...sealed, iv: Buffer.alloc(16, 1) }, aad)).toBeUndefined();
    expect(decrypt(Buffer.alloc(32, 8), sealed, aad)).toBeUndefined();
    expect(decrypt(key, sealed, Buffer.from('elsewhere'))).toBeUndefined();
  });

  it('takes no key or IV of another length', () => {
    expect(() => encrypt(Buffer.alloc(16), iv, aad, aad)).toThrow(RangeError);
    expect(() => encrypt(key, Buffer.alloc(16), aad, aad)).toThrow(RangeError);
    expect(() => decrypt(Buffer.alloc(24), sealed, aad)).toThrow(RangeError);
  });
});
