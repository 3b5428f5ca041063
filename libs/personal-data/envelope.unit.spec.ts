import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { canonicalJson } from '../canonical-json/canonical-json.js';
import type { JsonObject } from '../decider/json.js';
import { uuidBytes } from '../ids/uuid.js';
import { encrypt } from './aes-gcm.js';
import { ENVELOPE_ALG, type PiiEnvelope } from './envelope-format.js';
import { open, seal, type DataKey, type EnvelopeContext } from './envelope.js';
import { eventKeys } from './event-keys.js';
import { pad } from './padding.js';

const dek: DataKey = { version: 1, key: createSecretKey(Buffer.from(Array.from({ length: 32 }, (_, at) => at))) };
const iv = Buffer.from(Array.from({ length: 12 }, (_, at) => 0x10 + at));
const context: EnvelopeContext = {
  leadId: '11111111-1111-8111-8111-111111111111',
  contact: '22222222-2222-8222-8222-222222222222',
  eventId: '00112233-4455-8677-8899-aabbccddeeff',
  eventType: 'LeadCreated.v1',
};
const personal = { name: 'Zoë Example', email: 'zoe@example.org' };

// Computed with Python: hmac for the keys, the `cryptography` package for AES-GCM.
const golden: PiiEnvelope = {
  alg: 'lead-pii/v1',
  dek: 1,
  iv: 'EBESExQVFhcYGRob',
  ct: 'IIyaDROsnMfxqyxfT6hXNToIm02h0-u8Q49d8Mu4UWANVHN_afa2Uh4q4aakcKxwLe56dSi87g2ZEjrvBuH60Q',
  tag: 'qhUZPYVhjmPMrx6bs1-F5Q',
  kc: 'Fhtqtms_M2een54sNWRtilLCauxY8jrBBvoYJbU5znw',
};

const refused = (why: string) => ({ ok: false, why });
const flipped = (text: string, bit: number): string => {
  const bytes = Buffer.from(text, 'base64url');
  bytes[bit >> 3]! ^= 1 << (bit & 7);
  return bytes.toString('base64url');
};

describe('the envelope', () => {
  it('is the one an independent implementation makes, and opens', () => {
    expect(seal(personal, dek, context, iv)).toEqual(golden);
    expect(open(golden, dek, context)).toEqual({ ok: true, personal });
  });

  it('opens to what was sealed, whatever it was, in steps of 64 bytes', () => {
    const anything = fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary', maxLength: 300 }));
    fc.assert(
      fc.property(anything, (fields) => {
        const sealed = seal(fields, dek, context, randomBytes(12));
        expect(Buffer.from(sealed.ct, 'base64url').length % 64).toBe(0);
        const opened = open(sealed, dek, context);
        expect(opened.ok && canonicalJson(opened.personal)).toBe(canonicalJson(fields));
      }),
    );
  });

  it.each<[string, Partial<EnvelopeContext>, string]>([
    ['another lead', { leadId: '11111111-1111-8111-8111-111111111112' }, 'not-authentic'],
    ['another type', { eventType: 'LeadCreated.v2' }, 'not-authentic'],
    ['another contact', { contact: '22222222-2222-8222-8222-222222222223' }, 'not-authentic'],
    ['another event', { eventId: '00112233-4455-8677-8899-aabbccddee00' }, 'other-key'],
  ])('moved to %s is refused', (_, moved, why) => {
    expect(open(golden, dek, { ...context, ...moved })).toEqual(refused(why));
  });

  it('moved between a lead and the contact stream is refused, and opens on its own contact stream', () => {
    const { leadId: _, ...onContact } = context;
    expect(open(golden, dek, onContact)).toEqual(refused('not-authentic'));
    const own = seal(personal, dek, onContact, iv);
    expect(open(own, dek, onContact)).toEqual({ ok: true, personal });
    expect(open(own, dek, context)).toEqual(refused('not-authentic'));
  });

  it('under another key or version of the key is refused', () => {
    const stranger = { version: 1, key: createSecretKey(Buffer.alloc(32, 9)) };
    expect(open(golden, stranger, context)).toEqual(refused('other-key'));
    expect(open(golden, { ...dek, version: 2 }, context)).toEqual(refused('other-version'));
    expect(open({ ...golden, dek: 2 }, { ...dek, version: 2 }, context)).toEqual(refused('not-authentic'));
  });

  it('of a second key, crafted so that cipher and tag hold, is refused by the commitment', () => {
    const second = createSecretKey(Buffer.alloc(32, 9));
    const secondsCipher = seal({ name: 'someone else' }, { version: 1, key: second }, context, iv);
    const crafted = { ...secondsCipher, kc: golden.kc };
    expect(open(secondsCipher, { version: 1, key: second }, context).ok).toBe(true);
    expect(open(crafted, { version: 1, key: second }, context)).toEqual(refused('other-key'));
    expect(open(crafted, dek, context)).toEqual(refused('not-authentic'));
  });

  it.each(['iv', 'ct', 'tag', 'kc'] as const)('with any bit of %s flipped is refused', (field) => {
    const bits = Buffer.from(golden[field], 'base64url').length * 8;
    for (let bit = 0; bit < bits; bit += 1) {
      expect(open({ ...golden, [field]: flipped(golden[field], bit) }, dek, context)).toEqual(
        refused(field === 'kc' ? 'other-key' : 'not-authentic'),
      );
    }
  });

  it.each<[string, JsonObject]>([
    ['a tag of 12 bytes', { ...golden, tag: golden.tag.slice(0, 16) }],
    ['a tag of 4 bytes', { ...golden, tag: Buffer.from(golden.tag, 'base64url').subarray(0, 4).toString('base64url') }],
    ['no tag', { ...golden, tag: '' }],
    ['an IV of 16 bytes', { ...golden, iv: Buffer.alloc(16).toString('base64url') }],
    ['a short commitment', { ...golden, kc: golden.kc.slice(0, 40) }],
    ['a ciphertext that is no step of 64', { ...golden, ct: golden.ct.slice(0, 80) }],
    ['no ciphertext', { ...golden, ct: '' }],
    ['another algorithm', { ...golden, alg: 'none' }],
    ['another spelling of the same bytes', { ...golden, tag: `${golden.tag}==` }],
    ['stray last bits', { ...golden, tag: `${golden.tag.slice(0, -1)}R` }],
    ['a version that is no number', { ...golden, dek: '1' }],
    ['version 0', { ...golden, dek: 0 }],
    ['a field too many', { ...golden, hint: 'x' }],
    ['a field too few', { alg: golden.alg, dek: 1, iv: golden.iv, ct: golden.ct, tag: golden.tag }],
  ])('with %s is malformed', (_, envelope) => {
    expect(open(envelope, dek, context)).toEqual(refused('malformed'));
  });

  it('that is no object at all is malformed', () => {
    for (const value of [undefined, null, true, 1, 'pii', [], [golden]]) {
      expect(open(value, dek, context)).toEqual(refused('malformed'));
    }
  });

  it.each<[string, Buffer]>([
    ['a length beyond the end', withLength(61)],
    ['a length that needs less padding', Buffer.concat([pad('{}'), Buffer.alloc(64)])],
    ['padding that is not zero', withLastByte(1)],
    ['no JSON', pad('zoe@example.org')],
    ['a list', pad('[]')],
  ])('whose sealed content has %s is refused without showing it', (_, padded) => {
    expect(open(sealedAsIs(padded), dek, context)).toEqual(refused('bad-content'));
  });

  it('names no input in its errors', () => {
    const canary = 'zoe-canary@example.org';
    const circular: Record<string, unknown> = { email: canary };
    circular[canary] = circular;
    const attempts = [
      () => seal({ email: canary }, dek, { ...context, eventId: canary }, iv),
      () => seal({ [canary]: Number.NaN }, dek, context, iv),
      () => seal({ email: `${canary}\ud800` }, dek, context, iv),
      () => seal({ email: canary }, dek, context, Buffer.from(canary)),
      () => seal(circular as JsonObject, dek, context, iv),
      () => open(golden, dek, { ...context, eventId: canary }),
    ];
    for (const attempt of attempts) expect(textOf(attempt)).not.toContain(canary);
  });
});

function textOf(attempt: () => unknown): string {
  try {
    return JSON.stringify(attempt());
  } catch (error) {
    return error instanceof Error ? `${error.message} ${error.stack ?? ''}` : String(error);
  }
}

function withLength(length: number): Buffer {
  const padded = pad('{}');
  padded.writeUInt32BE(length);
  return padded;
}

function withLastByte(byte: number): Buffer {
  const padded = pad('{}');
  padded[padded.length - 1] = byte;
  return padded;
}

/** What a writer with the right keys and wrong content would store. */
function sealedAsIs(padded: Buffer): PiiEnvelope {
  const keys = eventKeys(dek.key, uuidBytes(context.eventId));
  const aad = Buffer.from(canonicalJson({ alg: ENVELOPE_ALG, ...context, dekVer: 1 }));
  const { ciphertext, tag } = encrypt(keys.encryption, iv, aad, padded);
  return {
    ...golden,
    ct: Buffer.from(ciphertext).toString('base64url'),
    tag: Buffer.from(tag).toString('base64url'),
    kc: createHmac('sha256', createHmac('sha256', uuidBytes(context.eventId)).update(dek.key.export()).digest())
      .update('lead-pii/commit/v1\x01')
      .digest('base64url'),
  };
}
