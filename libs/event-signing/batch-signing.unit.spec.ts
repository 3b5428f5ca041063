import { createPublicKey, sign } from 'node:crypto';
import { MOST_IN_BATCH, signatureHolds } from '../contracts/event-signature.js';
import { BatchSigning, type MakeSignature, type SignatureOf } from './batch-signing.js';
import { testNoteSigner } from './event-signing.spec-kit.js';

const { privateKey } = testNoteSigner();
const PUBLIC = createPublicKey(privateKey);
const textOf = (at: number): string => `{"eventId":"ä${at}"}`;
const holds = (at: number, signature: SignatureOf): boolean =>
  signatureHolds(Buffer.from(textOf(at)), { key: '00000000', ...signature }, PUBLIC);
const sizes = (signatures: readonly SignatureOf[]): (number | undefined)[] =>
  signatures.map(({ batch }) => batch?.size);

describe('Signing in batches', () => {
  /** What was asked to be signed. */
  let texts: string[];
  let fails: boolean;
  let signing: BatchSigning;
  const make: MakeSignature = (text) => {
    texts.push(text);
    if (fails) throw new Error('no signature');
    return sign(null, Buffer.from(text), privateKey).toString('base64');
  };
  const signOne = async (at: number): Promise<SignatureOf> => (await signing.sign([textOf(at)]))[0]!;
  const signAll = (from: number, to: number) =>
    Promise.all(Array.from({ length: to - from }, (_, at) => signOne(from + at)));
  beforeEach(() => {
    texts = [];
    fails = false;
    signing = new BatchSigning(make);
  });

  it('signs an event that is alone by itself', async () => {
    const signature = await signOne(0);
    expect(signature.batch).toBeUndefined();
    expect([texts, holds(0, signature)]).toEqual([[textOf(0)], true]);
  });

  it('signs once for all of one turn, whoever asks, and anew in the next', async () => {
    const [early, more] = await Promise.all([signAll(0, 5), Promise.resolve().then(() => signAll(5, 8))]);
    const late = await signAll(8, 10);
    expect(sizes([...early, ...more, ...late])).toEqual([...Array<number>(8).fill(8), 2, 2]);
    expect([...early, ...more, ...late].every((signature, at) => holds(at, signature))).toBe(true);
    expect(texts).toHaveLength(2);
  });

  it('gives each append the signatures of its own events, in their order', async () => {
    const [one, three] = await Promise.all([signOne(0), signing.sign([1, 2, 3].map(textOf))]);
    expect([one, ...three].map((signature, at) => [signature.batch?.index, holds(at, signature)])).toEqual(
      [0, 1, 2, 3].map((at) => [at, true]),
    );
    expect(three).toHaveLength(3);
  });

  it('takes no more at once than a proof may be of', async () => {
    const all = await signAll(0, MOST_IN_BATCH + 1);
    expect(sizes(all)).toEqual([...Array<number>(MOST_IN_BATCH).fill(MOST_IN_BATCH), undefined]);
  });

  it('tells a fault to all that it was to sign, and signs what comes after', async () => {
    fails = true;
    const lost = await Promise.allSettled([signAll(0, 1), signOne(1)]);
    expect(lost.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    fails = false;
    expect(holds(2, await signOne(2))).toBe(true);
  });
});
