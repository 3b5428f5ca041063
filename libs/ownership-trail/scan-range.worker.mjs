// A thread that scans one part of a log: says a 1 for each tile, then the result.
import { parentPort, workerData } from 'node:worker_threads';
import { scanRange } from './scan-range.js';

const task = /** @type {import('./scan-range.js').ScanTask} */ (workerData);
const result = await scanRange(task, () => parentPort?.postMessage(1));
parentPort?.postMessage(result);
