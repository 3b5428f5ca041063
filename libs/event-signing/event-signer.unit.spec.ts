import fc from 'fast-check';
import { anyRecorded } from '../contracts/any-event.spec-kit.js';
import { verifyEventSignature, type EventKeys } from '../contracts/event-keys.js';
import { CURRENT_FORMS } from '../contracts/event-forms.js';
import { encodeLeaf, leafOf, parseLeaf, type Leaf } from '../contracts/leaf.js';
import type { JsonObject } from '../decider/json.js';
import { encodeAppend } from '../event-store/encoded-append.js';
import type { RecordedEvent } from '../event-store/event-store.js';
import { idHex } from '../transparency-log/note-key.js';
import { testEventKeys, testNoteSigner, testSigner } from './event-signing.spec-kit.js';

const KEYS = testEventKeys();
const anyEvent = fc
  .constantFrom(...CURRENT_FORMS)
  .chain(anyRecorded)
  .map(unsigned);
const runs = { numRuns: Number(process.env.BATON_SIGNATURE_RUNS ?? 200) };

function unsigned({ metadata, ...event }: RecordedEvent): RecordedEvent {
  const { sig: _sig, ...rest } = metadata;
  return { ...event, metadata: rest };
}

/** As the store gives it back: the parsed values of what was written. */
async function written(event: RecordedEvent, signer = testSigner()): Promise<RecordedEvent> {
  const [signed] = await signer.sign(event.stream, event.revision, [event]);
  return { ...event, metadata: JSON.parse(JSON.stringify(signed!.metadata)) as JsonObject };
}

const check = (event: RecordedEvent, keys: EventKeys = KEYS) => verifyEventSignature(leafOf(event, undefined), keys);
const refusedFor = (problem: string) => ({ ok: false, problem: expect.stringContaining(problem) as string });

describe('A signed event', () => {
  it('of any form verifies from its leaf, with whatever stands before it', async () => {
    await fc.assert(
      fc.asyncProperty(anyEvent, async (event) => {
        const leaf = leafOf(await written(event), 'ab'.repeat(32));
        const read = parseLeaf(encodeLeaf(leaf));
        expect(read.ok && verifyEventSignature(read.value, KEYS)).toEqual({ ok: true, value: true });
      }),
      runs,
    );
  });

  it('is stored as the texts that were hashed, which say what it says', async () => {
    await fc.assert(
      fc.asyncProperty(anyEvent, async ({ stream, revision, ...event }) => {
        const signed = (await testSigner().sign(stream, revision, [event]))[0]!;
        const [stored] = encodeAppend('lead-1', 'no-stream', [signed]).events;
        const { data, metadata } = JSON.parse(stored!.body) as Pick<RecordedEvent, 'data' | 'metadata'>;
        const said = JSON.parse(JSON.stringify({ data: signed.data, metadata: signed.metadata })) as unknown;
        expect({ data, metadata }).toEqual(said);
        expect(check({ ...event, stream, revision, data, metadata })).toEqual({ ok: true, value: true });
      }),
      runs,
    );
  });

  it('that somebody copies with other data is stored with that data', async () => {
    const event = fc.sample(anyEvent, { numRuns: 1, seed: 4 })[0]!;
    const signed = (await testSigner().sign(event.stream, event.revision, [event]))[0]!;
    const [stored] = encodeAppend('lead-1', 'no-stream', [{ ...signed, data: { other: true } }]).events;
    expect(JSON.parse(stored!.body)).toEqual({ data: { other: true }, metadata: signed.metadata });
  });

  it('does not verify with any member of its leaf changed or left out', async () => {
    await fc.assert(
      fc.asyncProperty(anyEvent, fc.nat(), async (event, at) => {
        const leaf = leafOf(await written(event), undefined);
        const places = Object.keys(leaf)
          .filter((name) => name !== 'sig')
          .flatMap((name) => placesIn(leaf, [name]));
        expect(places.length).toBeGreaterThan(8);
        for (const place of places) {
          expect(verifyEventSignature(flipped(leaf, place, at), KEYS).ok).toBe(false);
        }
        for (const name of Object.keys(leaf).filter((one) => one !== 'sig')) {
          const { [name]: _gone, ...rest } = leaf as unknown as Record<string, unknown>;
          // A time that is not there is no time in which the key was in use, if it is not another signature already.
          expect(verifyEventSignature(rest as unknown as Leaf, KEYS).ok).toBe(false);
        }
      }),
      { numRuns: Math.ceil(runs.numRuns / 10) },
    );
  });

  it('does not verify with one bit of its signature flipped', async () => {
    const leaf = leafOf(await written(fc.sample(anyEvent, { numRuns: 1, seed: 1 })[0]!), undefined);
    const signature = Buffer.from(leaf.sig!.ed25519, 'base64');
    for (let bit = 0; bit < signature.length * 8; bit += 1) {
      const bent = Buffer.from(signature);
      bent[bit >> 3]! ^= 1 << (bit & 7);
      const sig = { key: leaf.sig!.key, ed25519: bent.toString('base64') };
      expect(verifyEventSignature({ ...leaf, sig }, KEYS)).toEqual(refusedFor('is not that of the event'));
    }
  });
});

describe('Events that are signed together', () => {
  const events = fc.sample(anyEvent, { numRuns: 5, seed: 3 });
  const together = async (): Promise<readonly Leaf[]> => {
    const signer = testSigner();
    const signed = await Promise.all(events.map((event) => written(event, signer)));
    return signed.map((event) => leafOf(event, 'cd'.repeat(32)));
  };

  it('have one signature, which each leaf proves by itself', async () => {
    const leaves = await together();
    expect(new Set(leaves.map(({ sig }) => sig!.ed25519)).size).toBe(1);
    expect(leaves.map(({ sig }) => [sig!.batch!.size, sig!.batch!.index])).toEqual(events.map((_, at) => [5, at]));
    for (const leaf of leaves) {
      const read = parseLeaf(encodeLeaf(leaf));
      expect(read.ok && verifyEventSignature(read.value, KEYS)).toEqual({ ok: true, value: true });
    }
  });

  it('are refused with any member of a leaf changed, also the place that the signature names', async () => {
    for (const leaf of await together()) {
      const places = Object.keys(leaf)
        .filter((name) => name !== 'prev')
        .flatMap((name) => placesIn(leaf, [name]));
      expect(places).toContainEqual(['sig', 'batch', 'path', '0']);
      for (const place of places) {
        for (let at = 0; at < 5; at += 1) expect(verifyEventSignature(flipped(leaf, place, at), KEYS).ok).toBe(false);
      }
    }
  });

  it('are refused with the signature of another of them', async () => {
    const [first, second] = (await together()) as [Leaf, Leaf];
    expect(verifyEventSignature({ ...first, sig: second.sig! }, KEYS)).toEqual(refusedFor('is not that of the event'));
  });
});

describe('An event that somebody wrote past the commands', () => {
  const [event] = fc.sample(anyEvent, { numRuns: 1, seed: 2 }) as [RecordedEvent];
  const at = (metadata: JsonObject, recordedAt: string) => ({ ...event, metadata: { ...metadata, recordedAt } });

  it('without a signature is refused', () => {
    expect(check(event)).toEqual(refusedFor('is not signed'));
  });

  it('signed with a key of their own is refused, also where it claims to be by the known one', async () => {
    const theirs = await written(event, testSigner(66));
    expect(check(theirs)).toEqual(refusedFor('not known'));
    const { ed25519 } = theirs.metadata['sig'] as { ed25519: string };
    const claimed = { ...theirs.metadata, sig: { key: idHex(testNoteSigner().key.id), ed25519 } };
    expect(check({ ...theirs, metadata: claimed })).toEqual(refusedFor('is not that of the event'));
  });

  it('copied from another stream or revision is refused', async () => {
    const ours = await written(event);
    expect(check(ours)).toEqual({ ok: true, value: true });
    expect(check({ ...ours, stream: `${ours.stream}x` })).toEqual(refusedFor('is not that of the event'));
    expect(check({ ...ours, revision: ours.revision + 1 })).toEqual(refusedFor('is not that of the event'));
  });

  it('with other data, or metadata that is in no leaf, is refused', async () => {
    const ours = await written(event);
    expect(check({ ...ours, data: { ...ours.data, more: 1 } })).toEqual(refusedFor('is not that of the event'));
    const metadata = { ...ours.metadata, commandId: '00000000-0000-7000-8000-000000000000' };
    expect(check({ ...ours, metadata })).toEqual(refusedFor('is not that of the event'));
  });

  it('recorded before its key came into use, or after it was retired, is refused; at the moments themselves it is not', async () => {
    const [from, until] = ['2026-01-02T00:00:00.000Z', '2026-01-03T00:00:00.000Z'];
    const { key } = testNoteSigner();
    const keys: EventKeys = new Map([[idHex(key.id), { key, from, until }]]);
    const of = async (time: string) => check(await written(at(event.metadata, time)), keys);
    expect(await of('2026-01-01T23:59:59.999Z')).toEqual(refusedFor('before its key came into use'));
    expect(await of(from)).toEqual({ ok: true, value: true });
    expect(await of(until)).toEqual({ ok: true, value: true });
    expect(await of('2026-01-03T00:00:00.001Z')).toEqual(refusedFor('after its key was retired'));
  });
});

type Place = readonly string[];

/** Every place in a leaf that holds no further members. */
function placesIn(leaf: Leaf, place: Place): readonly Place[] {
  const value = valueAt(leaf, place);
  if (value === null || typeof value !== 'object') return [place];
  return Object.keys(value).flatMap((name) => placesIn(leaf, [...place, name]));
}

const valueAt = (leaf: Leaf, place: Place): unknown =>
  place.reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], leaf);

/** The leaf with one bit of the value at a place flipped. */
function flipped(leaf: Leaf, place: Place, seed: number): Leaf {
  const copy = structuredClone(leaf);
  const last = place.at(-1)!;
  const holder = valueAt(copy, place.slice(0, -1)) as Record<string, unknown>;
  holder[last] = bent(holder[last], seed);
  return copy;
}

function bent(value: unknown, seed: number): unknown {
  if (typeof value !== 'string') return value === null ? 0 : typeof value === 'boolean' ? !value : Number(value) + 1;
  const units = [...value].map((unit) => unit.codePointAt(0)!);
  if (units.length === 0) return 'x';
  const at = seed % units.length;
  // Bit 0 keeps a character one that stands in JSON text as it did.
  return String.fromCodePoint(...units.map((unit, index) => (index === at ? unit ^ 1 : unit)));
}
