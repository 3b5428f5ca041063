import { sign, type KeyObject } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { MakeSignature } from './batch-signing.js';

interface Waiting {
  readonly text: string;
  readonly signed: (signature: string) => void;
}

/**
 * Signs in a thread of its own. Node's own asynchronous signing takes a task of its thread pool, and handing one over
 * costs the calling thread as much as to sign.
 */
export class SigningThread {
  private readonly worker: Worker;
  private readonly ended: Promise<void>;
  /** answered in this order */
  private waiting: Waiting[] = [];
  private gone = false;

  /** @param privateKey Ed25519; it does not leave the process */
  constructor(private readonly privateKey: KeyObject) {
    this.worker = new Worker(new URL('./signing-thread.worker.mjs', import.meta.url), { workerData: privateKey });
    this.worker.on('message', (signature: string) => this.waiting.shift()?.signed(signature));
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
      this.worker.postMessage({ text });
    });
  };

  /** After what was asked before. */
  async close(): Promise<void> {
    this.worker.postMessage('close');
    await this.ended;
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
