import { runBenches } from '../run-benches.js';

/* npm run bench:trail [-- NAME…] [-- --json]: the ownership trail. BATON_BENCH_LEAVES makes the log smaller. */

await runBenches(import.meta.dirname);
