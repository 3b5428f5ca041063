import { createPublicKey, verify } from 'node:crypto';
import { testNoteSigner } from './event-signing.spec-kit.js';
import { SigningThread } from './signing-thread.js';

const { privateKey } = testNoteSigner();
const isSigned = (text: string, signature: string): boolean =>
  verify(null, Buffer.from(text), createPublicKey(privateKey), Buffer.from(signature, 'base64'));

describe('The signing thread', () => {
  it('answers each with the signature of its own text, whatever is asked at once or later', async () => {
    const thread = new SigningThread(privateKey);
    const texts = Array.from({ length: 40 }, (_, at) => `{"n":${at},"text":"\u00e4\ud83d\ude00"}`);
    const first = texts.slice(0, 25).map((text) => thread.sign(text));
    await first[0];
    const signatures = await Promise.all([...first, ...texts.slice(25).map((text) => thread.sign(text))]);
    expect(texts.map((text, at) => isSigned(text, signatures[at] ?? ''))).toEqual(texts.map(() => true));
    await thread.close();
  });

  it('answers what was asked before it was closed, and signs without it afterwards', async () => {
    const thread = new SigningThread(privateKey);
    const asked = thread.sign('before');
    await thread.close();
    expect(isSigned('before', await asked)).toBe(true);
    expect(isSigned('after', await thread.sign('after'))).toBe(true);
  });
});
