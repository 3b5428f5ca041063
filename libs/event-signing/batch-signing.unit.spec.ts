import { createPublicKey, sign } from 'node:crypto';
import { MOST_IN_BATCH, signatureHolds } from '../contracts/event-signature.js';
import { BatchSigning, type MakeSignature, type SignatureOf } from './batch-signing.js';
import { testNoteSigner } from './event-signing.spec-kit.js';

const { privateKey } = testNoteSigner();
const PUBLIC = createPublicKey(privateKey);
const textOf = (at: number): Buffer => Buffer.from(`{"eventId":"ä${at}"}`);
const holds = (at: number, signature: SignatureOf): boolean =>
  signatureHolds(textOf(at), { key: '00000000', ...signature }, PUBLIC);
const sizes = (signatures: readonly SignatureOf[]): (number | undefined)[] =>
  signatures.map(({ batch }) => batch?.size);

describe('Signing in batches', () => {
  /** Signatures that are made when the test says so. */
  let asked: { readonly text: string; answer(): void; fail(): void }[];
  let signing: BatchSigning;
  const make: MakeSignature = (text) =>
    new Promise((resolve, reject) => {
      const answer = () => resolve(sign(null, Buffer.from(text), privateKey).toString('base64'));
      asked.push({ text, answer, fail: () => reject(new Error('no signature')) });
    });
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const signAll = (from: number, to: number) =>
    Promise.all(Array.from({ length: to - from }, (_, at) => signing.sign(textOf(from + at))));
  beforeEach(() => {
    asked = [];
    signing = new BatchSigning(make);
  });

  it('signs an event that is alone by itself', async () => {
    const one = signing.sign(textOf(0));
    await turn();
    asked[0]!.answer();
    const signature = await one;
    expect(signature.batch).toBeUndefined();
    expect([asked[0]!.text, holds(0, signature)]).toEqual([textOf(0).toString(), true]);
  });

  it('signs once for all of one turn, and once for all that came meanwhile', async () => {
    const first = signAll(0, 5);
    await turn();
    const meanwhile = [signAll(5, 7), turn().then(() => signAll(7, 8))];
    await turn();
    await turn();
    expect(asked).toHaveLength(1);
    asked[0]!.answer();
    const early = await first;
    await turn();
    asked[1]!.answer();
    const late = (await Promise.all(meanwhile)).flat();
    expect([sizes(early), sizes(late)]).toEqual([Array(5).fill(5), Array(3).fill(3)]);
    expect([...early, ...late].every((signature, at) => holds(at, signature))).toBe(true);
    expect(asked).toHaveLength(2);
  });

  it('takes no more at once than a proof may be of', async () => {
    const all = signAll(0, MOST_IN_BATCH + 1);
    await turn();
    asked[0]!.answer();
    await turn();
    asked[1]!.answer();
    expect(sizes(await all)).toEqual([...Array<number>(MOST_IN_BATCH).fill(MOST_IN_BATCH), undefined]);
  });

  it('tells a fault to all that it was to sign, and signs what comes after', async () => {
    const lost = Promise.allSettled([signAll(0, 1), signing.sign(textOf(1))]);
    await turn();
    asked[0]!.fail();
    expect((await lost).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const next = signing.sign(textOf(2));
    await turn();
    asked[1]!.answer();
    expect(holds(2, await next)).toBe(true);
  });
});
