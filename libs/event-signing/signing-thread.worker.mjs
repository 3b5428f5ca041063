// The signing thread: takes the texts of one turn, answers with their signatures in the same order.
import { sign } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';

/** @typedef {import('node:crypto').KeyObject} SigningKey the private key, as `workerData` */

const privateKey = /** @type {SigningKey} */ (workerData);

parentPort?.on('message', (/** @type {readonly string[] | 'close'} */ message) => {
  if (message === 'close') parentPort?.close();
  else parentPort?.postMessage(message.map((text) => sign(null, Buffer.from(text), privateKey).toString('base64')));
});
