// The signing thread: takes texts, answers with the signature of each in the same order.
import { sign } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';

/** @typedef {import('node:crypto').KeyObject} SigningKey the private key, as `workerData` */

const privateKey = /** @type {SigningKey} */ (workerData);

parentPort?.on('message', (/** @type {{ readonly text: string } | 'close'} */ message) => {
  if (message === 'close') parentPort?.close();
  else parentPort?.postMessage(sign(null, Buffer.from(message.text), privateKey).toString('base64'));
});
