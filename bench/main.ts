import { runBenches } from './run-benches.js';

/*
 * npm run bench [-- NAME…] [-- --json]
 *
 * All figures are ratios or times of this run on this machine. It measures and does not judge: a missed figure is no
 * failure of the run, a fault is.
 */

await runBenches(import.meta.dirname);
