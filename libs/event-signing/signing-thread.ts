import { sign, type KeyObject } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { MakeSignature } from './event-signer.js';

interface Waiting {
  readonly text: string;
  readonly signed: (signature: string) => void;
}

/**
 * Signs in a thread of its own, all texts of one turn of the event loop in one message. Node's own asynchronous signing
 * takes a task of its thread pool for each, and handing one over costs the calling thread as much as to sign.
 */
export class SigningThread {
  private readonly worker: Worker;
  private readonly ended: Promise<void>;
  /** sent, or about to be; answered in this order */
  private waiting: Waiting[] = [];
  private outgoing: string[] = [];
  private scheduled = false;
  private gone = false;

  /** @param privateKey Ed25519; it does not leave the process */
  constructor(private readonly privateKey: KeyObject) {
    this.worker = new Worker(new URL('./signing-thread.worker.mjs', import.meta.url), { workerData: privateKey });
    this.worker.on('message', (signatures: readonly string[]) => this.answer(signatures));
    this.worker.on('error', () => this.signHere());
    this.ended = new Promise((resolve) => {
      this.worker.once('exit', () => {
        this.signHere();
        resolve();
      });
    });
  }

  readonly sign: MakeSignature = (text) => {
    if (this.gone) return Promise.resolve(signatureOf(text, this.privateKey));
    return new Promise((signed) => {
      this.waiting.push({ text, signed });
      this.outgoing.push(text);
      if (this.scheduled) return;
      this.scheduled = true;
      setImmediate(() => this.send());
    });
  };

  /** After what was asked before. */
  async close(): Promise<void> {
    this.send();
    this.worker.postMessage('close');
    await this.ended;
  }

  private send(): void {
    this.scheduled = false;
    if (this.gone || this.outgoing.length === 0) return;
    this.worker.postMessage(this.outgoing);
    this.outgoing = [];
  }

  private answer(signatures: readonly string[]): void {
    const answered = this.waiting.splice(0, signatures.length);
    for (const [at, signature] of signatures.entries()) answered[at]?.signed(signature);
  }

  /** Whatever ended the thread: signing goes on without it, only slower. */
  private signHere(): void {
    this.gone = true;
    for (const { text, signed } of this.waiting.splice(0)) signed(signatureOf(text, this.privateKey));
  }
}

/** Ed25519 over the text's UTF-8, in base64. */
const signatureOf = (text: string, privateKey: KeyObject): string =>
  sign(null, Buffer.from(text), privateKey).toString('base64');
