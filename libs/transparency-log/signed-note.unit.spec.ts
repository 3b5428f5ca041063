import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { cosign } from './cosignature.js';
import { describeGolden, golden } from './golden.spec-kit.js';
import { formatVkey, isKeyName, noteKey, parseVkey, SIGNATURE_TYPE, type NoteKey } from './note-key.js';
import { formatSkey, noteSigner, parseSkey } from './note-signer.js';
import { formatNote, parseNote, signText, verifyNote } from './signed-note.js';

interface NoteCase {
  readonly desc: string;
  readonly note?: string;
  readonly noteRepeat?: { readonly text: string; readonly sig: string; readonly count: number };
  readonly trust: readonly string[];
  readonly accept: boolean;
  readonly verified?: readonly string[];
  readonly text?: string;
}
interface Notes {
  readonly keys: Record<string, { readonly vkey: string }>;
  readonly cases: readonly NoteCase[];
  readonly badVkeys: readonly string[];
  readonly sign: { readonly skey: string; readonly text: string; readonly want: string };
}

const unwrap = <T>(parsed: { ok: true; value: T } | { ok: false; problem: string }): T => {
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.value;
};

describeGolden('golden notes', () => {
  const { keys, cases = [], badVkeys = [], sign } = golden<Notes>('signed-note/notes.json');

  it.each(cases.map((one) => [one.desc, one] as const))('%s', (_, { note, noteRepeat, trust, ...wanted }) => {
    const text = note ?? noteRepeat!.text + noteRepeat!.sig.repeat(noteRepeat!.count);
    const known = trust.map((name) => unwrap(parseVkey(keys[name]!.vkey)));
    const parsed = parseNote(text);
    const verified = parsed.ok ? verifyNote(parsed.value, known) : parsed;
    expect(verified.ok).toBe(wanted.accept);
    if (!parsed.ok || !verified.ok) return;
    expect(verified.value.map(({ key }) => key.name)).toEqual(wanted.verified);
    expect(parsed.value.text).toBe(wanted.text);
    expect(formatNote(parsed.value)).toBe(text);
    expect(parseNote(Buffer.from(text))).toEqual(parsed);
  });

  it('keys are read and written in one form, and bad ones refused', () => {
    for (const { vkey } of Object.values(keys)) expect(formatVkey(unwrap(parseVkey(vkey)))).toBe(vkey);
    for (const vkey of badVkeys) expect(parseVkey(vkey).ok).toBe(false);
  });

  it('signs byte for byte as Go does', () => {
    const signer = unwrap(parseSkey(sign.skey));
    expect(formatNote({ text: sign.text, signatures: [signText(sign.text, signer)] })).toBe(sign.want);
  });
});

const SEED = Buffer.alloc(32, 7);
const TEXT = 'example.com/log\n1\nAAAA\n';
const log = noteSigner('example.com/log', SIGNATURE_TYPE.ed25519, SEED);
const witness = noteSigner('example.com/witness', SIGNATURE_TYPE.cosignature, Buffer.alloc(32, 8));
const note = formatNote({ text: TEXT, signatures: [signText(TEXT, log), cosign(TEXT, 1_700_000_000, witness)] });
const verify = (text: string, keys: readonly NoteKey[]) => verifyNote(unwrap(parseNote(text)), keys);

describe('a note', () => {
  it('is verified by the keys one knows; a cosignature says when', () => {
    expect(unwrap(verify(note, [log.key])).map(({ key, time }) => [key.name, time])).toEqual([
      ['example.com/log', undefined],
    ]);
    expect(unwrap(verify(note, [witness.key])).map(({ time }) => time)).toEqual([1_700_000_000]);
    expect(unwrap(verify(note, [log.key, witness.key]))).toHaveLength(2);
  });

  it('is refused whole when any known key’s signature is wrong, and when no key is known', () => {
    expect(verify(note.replace('\n1\n', '\n2\n'), [log.key])).toEqual({
      ok: false,
      problem: 'invalid signature by example.com/log',
    });
    const cosignedAlone = noteSigner('other', SIGNATURE_TYPE.ed25519, SEED).key;
    expect(verify(note, [cosignedAlone])).toEqual({ ok: false, problem: 'no signature by a known key' });
  });

  it('ignores keys that share the name or the id, but not both, with a known one', () => {
    const sameName = noteKey('example.com/log', SIGNATURE_TYPE.ed25519, witness.key.publicBytes);
    expect(verify(note, [sameName])).toMatchObject({ problem: 'no signature by a known key' });
    expect(verify(note, [{ ...log.key, name: 'elsewhere' }])).toMatchObject({ problem: 'no signature by a known key' });
    // Both equal and another key behind it: that is a wrong signature.
    expect(verify(note, [{ ...sameName, id: log.key.id }])).toMatchObject({
      problem: 'invalid signature by example.com/log',
    });
  });

  const SIGNATURE = note.split('\n').at(-3)!;
  it.each([
    ['bytes that are no UTF-8', Buffer.concat([Buffer.from(note), Buffer.of(0xff, 0x0a)]), /UTF-8/],
    ['a lone surrogate', `\ud800${note}`, /UTF-8/],
    ['a carriage return', note.replace('\n1\n', '\r\n1\n'), /control character/],
    ['a tab', `\t${note}`, /control character/],
    ['a signature without a name', `${TEXT}\n— ${SIGNATURE.split(' ')[2]}\n`, /signature line 1/],
    ['a signature with a space too many', `${TEXT}\n${SIGNATURE} \n`, /signature line 1/],
    ['a hyphen for the dash', `${TEXT}\n${SIGNATURE.replace('—', '-')}\n`, /signature line 1/],
    ['a signature in base64 for URLs', `${TEXT}\n— example.com/log ____\n`, /signature line 1/],
    ['a signature of a key id alone', `${TEXT}\n— example.com/log AAAAAA==\n`, /signature line 1/],
    ['nothing', '', /blank line/],
    ['a megabyte and more', `${'x'.repeat(1_000_001)}\n${note}`, /bytes/],
  ])('is not read with %s', (_, text, problem) => {
    expect(parseNote(text)).toEqual({ ok: false, problem: expect.stringMatching(problem) as unknown });
  });

  it('with stray bits in a signature’s base64 is read, as others read it, but the signature never verifies', () => {
    const loose = `${TEXT}\n${SIGNATURE.slice(0, -2)}d=\n`;
    expect(SIGNATURE).toMatch(/c=$/);
    expect(parseNote(loose).ok).toBe(true);
    expect(verify(loose, [log.key])).toMatchObject({ problem: 'invalid signature by example.com/log' });
  });

  it('takes no time of 0 and no signature of another length', () => {
    expect(() => cosign(TEXT, 0, witness)).toThrow(RangeError);
    expect(() => cosign(TEXT, 1.5, witness)).toThrow(RangeError);
    const { bytes, ...rest } = cosign(TEXT, 5, witness);
    const zero = Buffer.from(bytes).fill(0, 0, 8);
    for (const wrong of [zero, bytes.subarray(1), Buffer.concat([bytes, Buffer.of(0)])]) {
      const text = formatNote({ text: TEXT, signatures: [{ ...rest, bytes: wrong }] });
      expect(verify(text, [witness.key])).toMatchObject({ ok: false });
    }
  });

  it('is not signed by a key of the other type', () => {
    expect(() => signText(TEXT, witness)).toThrow(TypeError);
    expect(() => cosign(TEXT, 5, log)).toThrow(TypeError);
  });
});

describe('keys', () => {
  it('of the same bytes have another id under another type or name', () => {
    const publicBytes = log.key.publicBytes;
    const ids = [
      noteKey('a', SIGNATURE_TYPE.ed25519, publicBytes),
      noteKey('a', SIGNATURE_TYPE.cosignature, publicBytes),
      noteKey('b', SIGNATURE_TYPE.ed25519, publicBytes),
    ].map(({ id }) => id);
    expect(new Set(ids).size).toBe(3);
  });

  it('are read back from their text, private ones too', () => {
    const text = formatSkey('example.com/log', SIGNATURE_TYPE.ed25519, SEED);
    expect(unwrap(parseSkey(text)).key).toEqual(log.key);
    expect(unwrap(parseVkey(formatVkey(witness.key)))).toEqual(witness.key);
  });

  it('whose text is wrong are refused without a word of it', () => {
    const text = formatSkey('example.com/log', SIGNATURE_TYPE.ed25519, SEED);
    const secret = text.split('+').at(-1)!;
    for (const wrong of [
      text.slice(0, -1),
      text.replace('com', 'org'),
      `${text}\n`,
      text.replace('PRIVATE', 'PUBLIC'),
    ]) {
      const refusal = parseSkey(wrong);
      expect(refusal.ok).toBe(false);
      expect(JSON.stringify(refusal)).not.toContain(secret.slice(0, 8));
    }
    const vkey = formatVkey(log.key);
    for (const wrong of [vkey.toUpperCase(), vkey.slice(0, -4), vkey.replace('+', ' +'), `${vkey} `, '', '++'])
      expect(parseVkey(wrong).ok).toBe(false);
  });

  it('have names without spaces of any kind, plus signs and control characters', () => {
    for (const name of ['a', 'example.com/log', 'Zoë', 'x'.repeat(255)]) expect(isKeyName(name)).toBe(true);
    const bad = ['', 'a b', 'a\u00a0b', 'a\u2003b', 'a+b', 'a\nb', 'a\u0085b', 'x'.repeat(256), '\ud800', 'a\u3000'];
    for (const name of bad) expect([name, isKeyName(name)]).toEqual([name, false]);
  });
});

// Put together apart from this code, with Node's own calls only: what the format alone gives.
it('a cosignature is the big-endian time and an Ed25519 signature of header, time and text', () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const { d = '', x = '' } = privateKey.export({ format: 'jwk' });
  const signer = noteSigner('w', SIGNATURE_TYPE.cosignature, Buffer.from(d, 'base64url'));
  const message = Buffer.from(`cosignature/v1\ntime 1679315147\n${TEXT}`);
  const expected = Buffer.concat([Buffer.from('00000000641850cb', 'hex'), sign(null, message, privateKey)]);
  const { bytes, keyId } = cosign(TEXT, 1_679_315_147, signer);
  expect(Buffer.from(bytes).toString('hex')).toBe(expected.toString('hex'));
  const id = createHash('sha256').update('w\n\u0004').update(Buffer.from(x, 'base64url')).digest();
  expect(keyId).toBe(id.readUInt32BE(0));
});
