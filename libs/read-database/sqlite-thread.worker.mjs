// The writing connection's thread: runs statements in the order in which they come.
import { parentPort, workerData } from 'node:worker_threads';
import { serveWriting } from './sqlite-writing.mjs';

if (parentPort !== null)
  serveWriting(parentPort, /** @type {import('./sqlite-writing.mjs').ThreadData} */ (workerData));
