import { parentPort, workerData } from 'node:worker_threads';
import { scanRange, type ScanTask } from './scan-range.js';

/** A thread that scans one part of a log: says a 1 for each tile, then the result. */
const result = await scanRange(workerData as ScanTask, () => parentPort?.postMessage(1));
parentPort?.postMessage(result);
